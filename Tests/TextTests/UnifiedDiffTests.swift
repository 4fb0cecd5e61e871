import TestSupport
import Testing
import Text

/// Diffs of files, for people.
@Suite struct UnifiedDiffTests {
    private func diff(_ old: String?, _ new: String?) -> String {
        UnifiedDiff.text("/etc/motd", old: old.map { Array($0.utf8) }, new: new.map { Array($0.utf8) })
    }

    private static let head = "--- /etc/motd\n+++ /etc/motd\n"

    @Test func `equal content has none`() {
        #expect(diff("a\n", "a\n") == "")
        #expect(diff(nil, nil) == "")
    }

    @Test func `a line that changes, with what is around it`() {
        let old = (1...9).map { "\($0)\n" }.joined()
        #expect(
            diff(old, old.replacing("5", with: "five")) == Self.head + """
                @@ -2,7 +2,7 @@
                 2
                 3
                 4
                -5
                +five
                 6
                 7
                 8

                """
        )
    }

    @Test func `changes far apart are hunks of their own, near ones are one`() {
        let lines = (1...20).map { "\($0)" }
        let changed = lines.map { ["2", "18"].contains($0) ? $0 + "!" : $0 }
        let near = lines.map { ["8", "15"].contains($0) ? $0 + "!" : $0 }
        func joined(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
        let far = diff(joined(lines), joined(changed))
        #expect(far.split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -1,5 +1,5 @@", "@@ -15,6 +15,6 @@"])
        let one = diff(joined(lines), joined(near))
        #expect(one.split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -5,14 +5,14 @@"])
    }

    @Test func `a file that comes, one that goes, and an empty one`() {
        #expect(diff(nil, "a\nb\n") == "--- /dev/null\n+++ /etc/motd\n@@ -0,0 +1,2 @@\n+a\n+b\n")
        #expect(diff("a\n", nil) == "--- /etc/motd\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
        #expect(diff(nil, "") == "--- /dev/null\n+++ /etc/motd\n")
        #expect(diff("", "a\n") == Self.head + "@@ -0,0 +1 @@\n+a\n")
    }

    @Test func `an end without a newline is said`() {
        #expect(
            diff("a\nb", "a\nb\n") == Self.head
                + "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
        )
        #expect(
            diff("x\nb", "y\nb") == Self.head + "@@ -1,2 +1,2 @@\n-x\n+y\n b\n\\ No newline at end of file\n"
        )
    }

    @Test func `a carriage return is a difference`() {
        #expect(diff("a\r\n", "a\n") == Self.head + "@@ -1 +1 @@\n-a\r\n+a\n")
    }

    @Test func `what is no text is not shown`() {
        #expect(
            UnifiedDiff.text("/bin/x", old: [0xff, 0xfe], new: [1, 0, 2])
                == "--- /bin/x\n+++ /bin/x\n(not text: 2 bytes before, 3 bytes after)\n"
        )
        #expect(
            UnifiedDiff.text("/bin/x", old: nil, new: [0]).hasSuffix("(not text: nothing before, 1 byte after)\n")
        )
    }

    @Test func `what is too large is not shown`() {
        let large = [UInt8](repeating: 10, count: UnifiedDiff.contentLimit + 1)
        #expect(
            UnifiedDiff.text("/x", old: large, new: [97])
                == "--- /x\n+++ /x\n(too large to show: more than 256 KiB before, 1 byte after)\n"
        )
        #expect(!UnifiedDiff.text("/x", old: nil, new: Array(large.dropLast())).contains("too large"))
    }

    @Test func `a long difference is cut and counted`() {
        let text = diff(nil, String(repeating: "x\n", count: 2500))
        #expect(text.split(separator: "\n").count == 2 + UnifiedDiff.lineLimit + 1)
        #expect(text.hasSuffix("+x\n(1501 more lines)\n"))
    }

    @Test func `applied to the old text it gives the new one`() throws {
        var random = Seeded(11)
        let words = ["a", "b", "c", "", "d\r"]
        func text(using random: inout Seeded) -> String {
            let lines = (0..<Int.random(in: 0...30, using: &random)).map { _ in words.randomElement(using: &random)! }
            return lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : "")
        }
        for _ in 0..<500 {
            let (old, new) = (text(using: &random), text(using: &random))
            #expect(try apply(diff(old, new), to: old) == new)
        }
    }

    /// What `patch` does, strictly.
    private func apply(_ diff: String, to old: String) throws -> String {
        func split(_ text: String) -> [[UInt8]] {
            text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
        }
        if diff.isEmpty { return old }
        var lines = split(old)
        if lines.last == [] { lines.removeLast() }
        var result: [[UInt8]] = []
        var (taken, endsOpen) = (0, !old.hasSuffix("\n") && !old.isEmpty)
        var shown = split(diff)
        shown.removeLast()
        for (index, line) in shown.enumerated().dropFirst(2) {
            let rest = Array(line.dropFirst())
            switch line.first {
            case UInt8(ascii: "@"):
                let words = String(decoding: line, as: UTF8.self).split(separator: " ")
                let numbers = words[1].dropFirst().split(separator: ",").compactMap { Int($0) }
                let start = numbers.last == 0 && numbers.count == 2 ? numbers[0] : numbers[0] - 1
                result += lines[taken..<start]
                taken = start
            case UInt8(ascii: " "), UInt8(ascii: "-"):
                try #require(lines[taken] == rest)
                taken += 1
                if line.first == UInt8(ascii: " ") { result.append(rest) }
            case UInt8(ascii: "+"): result.append(rest)
            default:
                let before = try #require(shown[index - 1].first)
                if before != UInt8(ascii: "-") { endsOpen = true }
                continue
            }
            if taken == lines.count { endsOpen = false }
        }
        let untouched = taken < lines.count
        result += lines[taken...]
        if untouched { endsOpen = !old.hasSuffix("\n") }
        let text = result.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        return text + (result.isEmpty || endsOpen ? "" : "\n")
    }
}
