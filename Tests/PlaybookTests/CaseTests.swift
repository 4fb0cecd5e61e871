import Document
import Foundation
import Playbook
import Testing

/// Playbooks that are refused, and the words they are refused with: `Cases/refused/NAME.yml` and `NAME.errors`.
///
/// With BATON_UPDATE_SNAPSHOTS=1 in the environment the words are written instead.
struct CaseTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases/refused")

    private static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }.sorted()
    }

    @Test(arguments: names)
    func `is refused`(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name + ".yml")))
        var found = ""
        do throws(DocumentError) {
            _ = try Playbook.parse(SourceText(name: name + ".yml", bytes: bytes))
        } catch {
            found = error.description + "\n"
        }
        let file = Self.folder.appending(path: name + ".errors")
        if ProcessInfo.processInfo.environment["BATON_UPDATE_SNAPSHOTS"] == "1" { try Data(found.utf8).write(to: file) }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(found != "")
        #expect(found == expected)
    }

    @Test func `the cases are there`() { #expect(Self.names.count >= 14) }
}
