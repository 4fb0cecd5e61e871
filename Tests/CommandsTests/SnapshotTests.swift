import Arguments
import Reactor
import TestSupport
import Testing

@testable import Commands

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is generated from the declaration, against files that people review. BATON_UPDATE_SNAPSHOTS=1 writes them anew.
@Suite struct SnapshotTests {
    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Snapshots"

    private func check(_ name: String, _ text: String) throws {
        let path = "\(Self.folder)/\(name)"
        if getenv("BATON_UPDATE_SNAPSHOTS") != nil {
            try Files.write(Array(text.utf8), to: path)
            return
        }
        let expected = String(decoding: try Files.read(path), as: UTF8.self)
        #expect(text == expected, "\(name) has changed; BATON_UPDATE_SNAPSHOTS=1 swift test --filter SnapshotTests")
    }

    @Test func `the declaration has no mistakes`() {
        #expect(Tool.declaration.problems() == [])
    }

    @Test(arguments: [
        "", "validate", "plan", "deploy", "rollback", "render", "status", "restart", "reload", "start", "stop", "logs",
        "exec",
        "facts", "hosts", "lab", "lab up", "init", "completions",
        "version",
        "manual",
    ])
    func `help is as reviewed`(_ command: String) throws {
        let path = command.split(separator: " ").map(String.init)
        let text = Tool.declaration.helpText(for: path, width: 100)
        try check("help-\(path.isEmpty ? "baton" : path.joined(separator: "-")).txt", text)
    }

    @Test func `completions and the manual are as reviewed`() throws {
        try check("baton.bash", Tool.declaration.completionScript(for: .bash))
        try check("baton.zsh", Tool.declaration.completionScript(for: .zsh))
        try check("baton.fish", Tool.declaration.completionScript(for: .fish))
        try check("baton.1", Tool.declaration.manualPage(section: 1, source: "baton \(Tool.version)"))
    }

    @Test func `the binary prints them`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let help = try await place.baton("exec", "--help")
            #expect(help.status == .exited(0))
            #expect(help.output == Tool.declaration.helpText(for: ["exec"], width: 100))
            let script = try await place.baton("completions", "fish")
            #expect(script.output == Tool.declaration.completionScript(for: .fish))
            let version = try await place.baton("version")
            #expect(version.output.hasPrefix("baton \(Tool.version) (libssh2 1."))
        }
    }
}
