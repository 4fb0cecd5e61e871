/// Walks through a scalar as it stands in a file, and gives the runs of bytes that became its text, without what lies
/// between its lines. It knows as much of YAML as it needs: the text itself is known already, and decides.
struct ScalarScanner {
    private enum Style {
        case plain
        case single
        case double
        case block(indentation: Int)
    }

    private let bytes: [UInt8]
    private let hasComments: Bool
    private var cursor: Int
    private var style = Style.plain
    private var isFirstLine = true
    private var isDone = false

    /// `hasComments` says whether a `#` in a plain scalar starts one, as in YAML.
    init(_ bytes: [UInt8], from start: Int, hasComments: Bool) {
        self.bytes = bytes
        self.hasComments = hasComments
        cursor = start
        skipProperties()
        guard cursor < bytes.count else { return }
        switch bytes[cursor] {
        case UInt8(ascii: "'"):
            style = .single
            cursor += 1
        case UInt8(ascii: "\""):
            style = .double
            cursor += 1
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            openBlock()
        default:
            break
        }
    }

    mutating func next() -> ScalarPlaces.Run? {
        guard !isDone else { return nil }
        if case .block(let indentation) = style { return blockLine(indentation) }
        while cursor < bytes.count {
            if isLineEnd(cursor) {
                cursor += 1
                isFirstLine = false
                continue
            }
            let start = cursor
            if !isFirstLine { skipBlanks() }
            if cursor < bytes.count, isLineEnd(cursor) { continue }
            let run =
                switch style {
                case .single: singleRun()
                case .double: doubleRun()
                case .plain, .block: line(upTo: lineEnd(from: cursor))
                }
            guard let run else { return nil }
            if !run.bytes.isEmpty { return run }
            if cursor == start { break }
        }
        return nil
    }

    // MARK: What comes before

    // A tag or an anchor, and the space behind it.
    private mutating func skipProperties() {
        while cursor < bytes.count, bytes[cursor] == UInt8(ascii: "!") || bytes[cursor] == UInt8(ascii: "&") {
            while cursor < bytes.count, bytes[cursor] != 0x20, !isLineEnd(cursor) { cursor += 1 }
            while cursor < bytes.count, bytes[cursor] == 0x20 || isLineEnd(cursor) { cursor += 1 }
        }
    }

    // The indentation is that of the first line with something on it, unless a digit in the header says more.
    private mutating func openBlock() {
        cursor = lineEnd(from: cursor)
        while cursor < bytes.count, isLineEnd(cursor) { cursor += 1 }
        var probe = cursor
        var indentation = 0
        while probe < bytes.count, bytes[probe] == 0x20 || isLineEnd(probe) {
            indentation = isLineEnd(probe) ? 0 : indentation + 1
            probe += 1
        }
        style = .block(indentation: indentation)
    }

    // MARK: Runs

    private mutating func blockLine(_ indentation: Int) -> ScalarPlaces.Run? {
        while cursor < bytes.count {
            let end = lineEnd(from: cursor)
            let start = min(cursor + indentation, end)
            let run = ScalarPlaces.Run(bytes: Array(bytes[start..<end]), source: start)
            cursor = end
            while cursor < bytes.count, isLineEnd(cursor) {
                cursor += 1
                if bytes[cursor - 1] == 0x0A { break }
            }
            if !run.bytes.isEmpty { return run }
        }
        return nil
    }

    private mutating func line(upTo end: Int) -> ScalarPlaces.Run {
        let start = cursor
        cursor = end
        var last = end
        // Spaces before a line end are no part of the text, nor is a comment.
        let comment = (start..<end).dropFirst().first {
            bytes[$0] == UInt8(ascii: "#") && (bytes[$0 - 1] == 0x20 || bytes[$0 - 1] == 0x09)
        }
        if hasComments, let comment { last = comment }
        while last > start, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
        return ScalarPlaces.Run(bytes: Array(bytes[start..<last]), source: start)
    }

    private mutating func singleRun() -> ScalarPlaces.Run? {
        let start = cursor
        while cursor < bytes.count, !isLineEnd(cursor), bytes[cursor] != UInt8(ascii: "'") { cursor += 1 }
        guard cursor < bytes.count, bytes[cursor] == UInt8(ascii: "'") else { return line(from: start) }
        if cursor > start { return ScalarPlaces.Run(bytes: Array(bytes[start..<cursor]), source: start) }
        cursor += 2
        if cursor <= bytes.count, bytes[cursor - 1] == UInt8(ascii: "'") {
            return ScalarPlaces.Run(bytes: [UInt8(ascii: "'")], source: start, isEscape: true)
        }
        isDone = true
        return nil
    }

    private mutating func doubleRun() -> ScalarPlaces.Run? {
        let start = cursor
        while cursor < bytes.count, !isLineEnd(cursor), bytes[cursor] != UInt8(ascii: "\""),
            bytes[cursor] != UInt8(ascii: "\\")
        { cursor += 1 }
        guard cursor < bytes.count, !isLineEnd(cursor) else { return line(from: start) }
        if cursor > start { return ScalarPlaces.Run(bytes: Array(bytes[start..<cursor]), source: start) }
        guard bytes[cursor] == UInt8(ascii: "\\"), cursor + 1 < bytes.count else {
            isDone = true
            return nil
        }
        cursor += 2
        if isLineEnd(cursor - 1) {
            cursor -= 1
            return ScalarPlaces.Run(bytes: [], source: start)
        }
        guard let decoded = escape(bytes[cursor - 1]) else { return nil }
        return ScalarPlaces.Run(bytes: decoded, source: start, isEscape: true)
    }

    private mutating func line(from start: Int) -> ScalarPlaces.Run {
        var end = cursor
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return ScalarPlaces.Run(bytes: Array(bytes[start..<end]), source: start)
    }

    private mutating func escape(_ letter: UInt8) -> [UInt8]? {
        switch letter {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"), 0x09: return [0x09]
        case UInt8(ascii: "0"): return [0]
        case UInt8(ascii: "a"): return [7]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "v"): return [0x0B]
        case UInt8(ascii: "e"): return [0x1B]
        case UInt8(ascii: "x"): return scalar(digits: 2)
        case UInt8(ascii: "u"): return scalar(digits: 4)
        case UInt8(ascii: "U"): return scalar(digits: 8)
        case UInt8(ascii: "N"): return Array("\u{85}".utf8)
        case UInt8(ascii: "_"): return Array("\u{A0}".utf8)
        case UInt8(ascii: "L"): return Array("\u{2028}".utf8)
        case UInt8(ascii: "P"): return Array("\u{2029}".utf8)
        default: return [letter]
        }
    }

    private mutating func scalar(digits: Int) -> [UInt8]? {
        guard cursor + digits <= bytes.count,
            let value = UInt32(String(decoding: bytes[cursor..<cursor + digits], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        cursor += digits
        return Array(String(scalar).utf8)
    }

    // MARK: Lines

    private func isLineEnd(_ index: Int) -> Bool { bytes[index] == 0x0A || bytes[index] == 0x0D }

    private func lineEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, !isLineEnd(end) { end += 1 }
        return end
    }

    private mutating func skipBlanks() {
        while cursor < bytes.count, bytes[cursor] == 0x20 || bytes[cursor] == 0x09 { cursor += 1 }
    }
}
