/// What would change in a file, in the form of `diff -u`. Only for people: what is too much to look at is said instead.
package enum UnifiedDiff {
    /// A larger file is not shown. Whoever reads one for a diff needs one byte more than this, to see that it is larger.
    package static let contentLimit = 256 << 10
    /// Longer differences are cut, and say by how much.
    package static let lineLimit = 1000

    private static let context = 3
    /// Stands for the missing newline at the end of a text. What holds it otherwise is no text.
    private static let openEnd = "\u{0}"

    /// Nil for a side that is not there. Empty where both are equal.
    package static func text(_ path: String, old: [UInt8]?, new: [UInt8]?) -> String {
        if old == new { return "" }
        let head = "--- \(old == nil ? "/dev/null" : path)\n+++ \(new == nil ? "/dev/null" : path)\n"
        guard (old?.count ?? 0) <= contentLimit, (new?.count ?? 0) <= contentLimit else {
            return head + "(too large to show: \(size(old)) before, \(size(new)) after)\n"
        }
        guard let before = lines(old ?? []), let after = lines(new ?? []) else {
            return head + "(not text: \(size(old)) before, \(size(new)) after)\n"
        }
        return head + cut(hunks(LineDiff.lines(before, after)))
    }

    private static func size(_ content: [UInt8]?) -> String {
        guard let content else { return "nothing" }
        if content.count > contentLimit { return "more than \(contentLimit >> 10) KiB" }
        return "\(content.count) byte\(content.count == 1 ? "" : "s")"
    }

    /// Nil for what is no text.
    private static func lines(_ content: [UInt8]) -> [String]? {
        if content.contains(0) || String(validating: content, as: UTF8.self) == nil { return nil }
        // Split as bytes: to a String, CR and LF are one character, and no newline.
        var lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += openEnd }
        return lines
    }

    private static func cut(_ lines: [String]) -> String {
        let more = lines.count - lineLimit
        let note = more > 0 ? "(\(more) more lines)\n" : ""
        return lines.prefix(lineLimit).map { $0 + "\n" }.joined() + note
    }

    // MARK: Hunks

    private static func hunks(_ lines: [LineDiff.Line]) -> [String] {
        var result: [String] = []
        var (oldLine, newLine) = (1, 1)
        var index = 0
        for hunk in ranges(lines) {
            oldLine += hunk.lowerBound - index
            newLine += hunk.lowerBound - index
            let oldCount = lines[hunk].count { $0.isInOld }
            let newCount = lines[hunk].count { $0.isInNew }
            result.append("@@ -\(range(oldLine, oldCount)) +\(range(newLine, newCount)) @@")
            for line in lines[hunk] { result += line.shown(openEnd) }
            oldLine += oldCount
            newLine += newCount
            index = hunk.upperBound
        }
        return result
    }

    /// An empty range is named by the line before it.
    private static func range(_ start: Int, _ count: Int) -> String {
        switch count {
        case 0: "\(start - 1),0"
        case 1: "\(start)"
        default: "\(start),\(count)"
        }
    }

    /// Changes with the lines around them; those that would touch are one.
    private static func ranges(_ lines: [LineDiff.Line]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for index in lines.indices where !(lines[index].isInOld && lines[index].isInNew) {
            let start = max(0, index - context)
            let end = min(lines.count, index + context + 1)
            if let last = ranges.last, start <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(start..<end)
            }
        }
        return ranges
    }
}

extension LineDiff.Line {
    fileprivate var isInOld: Bool { if case .added = self { false } else { true } }
    fileprivate var isInNew: Bool { if case .removed = self { false } else { true } }

    fileprivate func shown(_ openEnd: String) -> [String] {
        let (mark, text) =
            switch self {
            case .same(let text): (" ", text)
            case .removed(let text): ("-", text)
            case .added(let text): ("+", text)
            }
        if !text.hasSuffix(openEnd) { return [mark + text] }
        return [mark + String(text.unicodeScalars.dropLast()), "\\ No newline at end of file"]
    }
}
