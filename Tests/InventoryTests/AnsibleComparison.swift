import Commands
import Document
import Events
import Inventory
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One folder of `Cases`: an inventory with what lies beside it, and what is expected of it.
struct InventoryCase: CustomTestStringConvertible, Sendable {
    let name: String

    static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Cases"
    static let all = Files.list(folder).filter { Files.isDirectory("\(folder)/\($0)") }.map { InventoryCase(name: $0) }
    // What belongs to the test and not to the inventory.
    private static let notes = ["sources", "patterns", "stricter", "errors", "why", "group_vars", "host_vars"]

    var testDescription: String { name }
    var directory: String { "\(InventoryCase.folder)/\(name)" }

    /// What stands behind `-i`: the lines of `sources`, else each file of the folder.
    var sources: [InventoryLoader.Argument] {
        let named = lines("sources")
        let names =
            named.isEmpty
            ? Files.list(directory).filter {
                !InventoryCase.notes.contains($0) && !$0.hasPrefix(".") && !Files.isDirectory("\(directory)/\($0)")
            } : named
        return names.map { InventoryLoader.Argument(shown: $0, path: "\(directory)/\($0)") }
    }

    var patterns: [String] { lines("patterns") }

    /// Patterns that Baton refuses although Ansible does something with them.
    var stricter: [String] { lines("stricter") }

    /// Why Baton and Ansible do not agree on whether this is an inventory: the first word says who takes it.
    var why: String? { text("why") }

    func text(_ file: String) -> String? {
        (try? Files.read("\(directory)/\(file)")).map { String(decoding: $0, as: UTF8.self) }
    }

    private func lines(_ file: String) -> [String] {
        (text(file) ?? "").split(separator: "\n").map(String.init)
    }

    func load() async throws -> Swift.Result<Inventory, DocumentError> {
        try await withLoop { [self] loop in
            do throws(DocumentError) {
                return .success(
                    try await InventoryLoader.load(
                        sources,
                        environment: Surroundings.environment,
                        directory: directory,
                        on: loop
                    )
                )
            } catch {
                return .failure(error)
            }
        }
    }
}

/// What Ansible is asked about all cases.
enum Ansible {
    static let word = AnsibleWord("\(InventoryCase.folder.dropLast("/Cases".count))/compare.py") {
        var requests: [JSON] = []
        for one in InventoryCase.all { requests.append(try await request(one)) }
        return .array(requests)
    }

    private static func request(_ one: InventoryCase) async throws -> JSON {
        var listing = JSON.null
        var graphs = ["", ""]
        var patterns: [JSON.Member] = []
        if let inventory = try? await one.load().get() {
            listing = .string(InventoryListing.json(inventory, hosts: inventory.hosts).line)
            graphs = [false, true].map { InventoryGraph.text(inventory, withVariables: $0) }
            for pattern in one.patterns {
                let names = try? hosts(matching: pattern, in: inventory, of: one)
                patterns.append(.init(name: pattern, value: names.map { strings($0) } ?? .null))
            }
        }
        return .members([
            "name": .string(one.name),
            "directory": .string(one.directory),
            "sources": strings(one.sources.map { $0.shown.hasSuffix(",") ? $0.shown : $0.path }),
            "listing": listing,
            "graph": .string(graphs[0]),
            "variables": .string(graphs[1]),
            "patterns": .object(patterns),
        ])
    }

    private static func strings(_ texts: [String]) -> JSON {
        .array(texts.map { JSON.string($0) })
    }

    static func hosts(matching pattern: String, in inventory: Inventory, of one: InventoryCase) throws -> [String] {
        var files: [String: SourceText] = [:]
        for name in Inventory.files(inPattern: pattern) {
            files[name] = SourceText(name: name, bytes: try Files.read("\(one.directory)/\(name)"))
        }
        return try inventory.hosts(matching: pattern, from: "--limit", files: files).map(\.name)
    }
}

/// Whatever Ansible makes of an inventory, Baton makes of it too.
struct AnsibleComparisonTests {
    @Test(.enabled(if: AnsibleWord.mustRun, AnsibleWord.reason), arguments: InventoryCase.all)
    func `is resolved as by Ansible`(one: InventoryCase) async throws {
        var differences = try #require(try await Ansible.word.differences(of: one.name))
        differences.removeAll { difference in
            one.stricter.contains { difference.hasPrefix("pattern \($0): Baton refuses it") }
        }
        if let why = one.why {
            #expect(differences.count == 1, "\(why)")
            let taker = why.hasPrefix("Ansible") ? "Baton refuses it" : "Ansible refuses it"
            #expect(differences.first?.hasPrefix(taker) == true, "\(differences)")
        } else {
            #expect(differences == [])
        }
    }

    @Test(arguments: InventoryCase.all.filter { $0.text("errors") != nil })
    func `is refused in these words`(one: InventoryCase) async throws {
        switch try await one.load() {
        case .success: Issue.record("no error")
        case .failure(let error):
            if getenv("BATON_UPDATE_SNAPSHOTS") != nil {
                try Files.write(Array((error.description + "\n").utf8), to: "\(one.directory)/errors")
            }
            #expect(error.description + "\n" == one.text("errors"))
        }
    }

    @Test(arguments: InventoryCase.all.filter { $0.text("errors") == nil })
    func `has hosts where nothing else is said`(one: InventoryCase) async throws {
        if one.why?.hasPrefix("Ansible") == true { return }
        _ = try await one.load().get()
        #expect(one.text("stricter") == nil || one.patterns.contains { one.stricter.contains($0) })
    }
}
