import Document
import Foundation
import Supervision
import Testing

/// Definitions that are refused, with their words, and those that are rendered, with their files: `Cases`.
///
/// With BATON_UPDATE_SNAPSHOTS=1 in the environment words and files are written instead.
struct CaseTests {
    private func compare(_ found: String, _ path: String) throws {
        let file = Project.folder.appending(path: path)
        if ProcessInfo.processInfo.environment["BATON_UPDATE_SNAPSHOTS"] == "1" { try Data(found.utf8).write(to: file) }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(found == expected, "\(path) differs")
    }

    @Test(arguments: Project.names(in: "refused"))
    func `is refused`(name: String) throws {
        let project = try Project.named(name, in: "refused")
        var found = ""
        do {
            for service in try project.catalog().services.keys.sorted() { _ = try project.definition(service) }
        } catch let error as DocumentError {
            found = error.description + "\n"
        }
        #expect(found != "")
        #expect(!found.contains("secret-TOKEN"))
        try compare(found, "refused/\(name).errors")
    }

    @Test(arguments: Project.names(in: "rendered"), Supervisor.allCases)
    func `is rendered`(name: String, supervisor: Supervisor) throws {
        let project = try Project.named(name)
        let found: String
        do {
            found = try project.rendering(supervisor).text
        } catch let error as DocumentError {
            found = error.description + "\n"
        }
        try compare(found, "rendered/\(name).\(supervisor.rawValue)")
    }

    @Test func `the cases are there`() {
        #expect(Project.names(in: "rendered").count >= 8)
        #expect(Project.names(in: "refused").count >= 3)
    }
}
