import Document
package import Events
import Reactor
package import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ansible's word on all cases of a suite, asked for once: one Python process loads them through Ansible's own classes and
/// answers with what differs, by the name of the case.
package actor AnsibleWord {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let python = "\(root)/.build/ansible-venv/bin/python"

    package static let isThere = Files.exists(python)
    /// Without Ansible the comparison is skipped, except where everything must be tested.
    package static let mustRun = isThere || getenv("CI").map { String(cString: $0) == "true" } == true
    package static let reason: Comment = "ansible-core is not in .build/ansible-venv: scripts/setup tests puts it there"

    package struct Failure: Error {
        package let text: String
    }

    private let script: String
    private let request: @Sendable () async throws -> JSON
    private var task: Task<[String: [String]], any Error>?

    /// `script` is a program in Python that gets the path of what `request` makes.
    package init(_ script: String, request: @escaping @Sendable () async throws -> JSON) {
        self.script = script
        self.request = request
    }

    package func differences(of name: String) async throws -> [String]? {
        let task = task ?? Task { [script, request] in try await AnsibleWord.ask(script, try await request()) }
        self.task = task
        return try await task.value[name]
    }

    private static func ask(_ script: String, _ request: JSON) async throws -> [String: [String]] {
        let result = try await withDirectory { directory in
            // Not through a pipe: a reader that ends early would end the tests too.
            try Files.write(Array(request.line.utf8), to: "\(directory)/request")
            return try await runChild([python, script, "\(directory)/request"])
        }
        guard result.succeeded else { throw Failure(text: result.errors) }
        let line = result.output.split(separator: "\n").last ?? ""
        let root = try JSONText.parse(SourceText(name: script, text: String(line)))
        return Dictionary(
            uniqueKeysWithValues: (root.entries ?? []).map { entry in
                (entry.name, (entry.value.elements ?? []).compactMap(\.text))
            }
        )
    }
}
