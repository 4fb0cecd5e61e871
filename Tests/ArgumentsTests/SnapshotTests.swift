import Arguments
import Foundation
import Testing

/// Compares what is generated from the made-up tool with the files in `Snapshots`, byte for byte.
///
/// With BATON_UPDATE_SNAPSHOTS=1 in the environment the files are written instead.
@Suite struct SnapshotTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")

    private func compare(_ text: String, with name: String) throws {
        let file = Self.directory.appending(path: name)
        if ProcessInfo.processInfo.environment["BATON_UPDATE_SNAPSHOTS"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        #expect(text == expected, "\(name) differs; BATON_UPDATE_SNAPSHOTS=1 rewrites it")
    }

    @Test(arguments: [
        ("help.txt", []), ("help-apply.txt", ["apply"]), ("help-exec.txt", ["exec"]), ("help-lab.txt", ["lab"]),
        ("help-lab-up.txt", ["lab", "up"]), ("help-lab-compare.txt", ["lab", "compare"]),
    ])
    func `help`(name: String, path: [String]) throws {
        try compare(FakeTool.tool.helpText(for: path), with: name)
    }

    @Test func `help for a narrow terminal`() throws {
        let text = FakeTool.tool.helpText(for: ["apply"], width: 60)
        try compare(text, with: "help-apply-narrow.txt")
    }

    @Test func `help never fails for any width`() {
        for width in [-1, 0, 1, 10, 1000] {
            #expect(FakeTool.tool.helpText(width: width).hasPrefix("Usage: baton"))
        }
    }

    @Test func `no line of help is wider than asked, except lines to copy`() {
        for width in [60, 80, 100] {
            let lines = FakeTool.tool.helpText(for: ["apply"], width: width).split(separator: "\n")
            let wide = lines.filter { $0.count > width && !$0.hasPrefix("  baton") }
            #expect(wide == [])
        }
    }

    @Test(arguments: Shell.allCases)
    func `completions`(shell: Shell) throws {
        try compare(FakeTool.tool.completionScript(for: shell), with: "completion.\(shell.rawValue)")
    }

    @Test func `manual page`() throws {
        try compare(FakeTool.tool.manualPage(source: "baton 1.0"), with: "baton.1")
    }

    @Test(.enabled(if: Program.exists("groff")))
    func `groff formats the manual page without complaint`() throws {
        let result = try Program.run(
            ["groff", "-man", "-Tutf8", "-K", "utf8", "-ww", "-P-cbou"],
            input: FakeTool.tool.manualPage(source: "baton 1.0")
        )
        #expect(result.errors.isEmpty)
        #expect(result.status == 0)
        for part in ["--inventory", ".Nothing is changed with --check.", "C:\\temp", "\"logs\"", "`safe`", "it's"] {
            // Line breaks and margins may fall inside a sentence, not inside a word.
            #expect(result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(part))
        }
    }
}
