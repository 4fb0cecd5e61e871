import Text

/// A place in a source text. Lines and columns count from 1; a column is a character (a Unicode scalar), not a byte.
package struct Position: Sendable, Hashable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = Position(line: 1, column: 1)

    package static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One file as it was read: a name to show, its bytes, and where its lines start.
///
/// Copies share their storage, so that each value and each diagnostic may hold the text it came from.
package struct SourceText: Sendable, Equatable {
    private final class Storage: Sendable {
        let name: String
        let bytes: [UInt8]
        let lineStarts: [UInt32]

        init(name: String, bytes: [UInt8], lineStarts: [UInt32]) {
            self.name = name
            self.bytes = bytes
            self.lineStarts = lineStarts
        }
    }

    private let storage: Storage

    package init(name: String, bytes: [UInt8]) {
        storage = Storage(name: name, bytes: bytes, lineStarts: SourceText.lineStarts(of: bytes))
    }

    package init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    package var name: String { storage.name }
    package var bytes: [UInt8] { storage.bytes }
    package var lineCount: Int { storage.lineStarts.count }

    /// The length of the byte order mark, which is no part of line 1.
    package var markLength: Int { Int(storage.lineStarts[0]) }

    package static func == (left: SourceText, right: SourceText) -> Bool {
        left.storage === right.storage || (left.name == right.name && left.bytes == right.bytes)
    }

    /// The bytes of a line, without what ends it.
    package func byteRange(ofLine line: Int) -> Range<Int>? {
        let starts = storage.lineStarts
        guard line >= 1, line <= starts.count else { return nil }
        let start = Int(starts[line - 1])
        guard line < starts.count else { return start..<bytes.count }
        return start..<SourceText.contentEnd(before: Int(starts[line]), from: start, in: bytes)
    }

    /// The place of a byte. A byte inside a character has the place of that character.
    package func position(ofByte offset: Int) -> Position {
        let starts = storage.lineStarts
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(starts[middle]) <= offset { low = middle } else { high = middle }
        }
        let bytes = storage.bytes
        var column = 1
        var cursor = Int(starts[low])
        while cursor < min(offset, bytes.count) {
            cursor += UTF8Step.next(in: bytes, at: cursor).length
            if cursor <= offset { column += 1 }
        }
        return Position(line: low + 1, column: column)
    }

    /// The byte of a place; the end of the line for a column beyond it.
    package func byte(of position: Position) -> Int? {
        guard let line = byteRange(ofLine: position.line) else { return nil }
        let bytes = storage.bytes
        var cursor = line.lowerBound
        var column = 1
        while column < position.column, cursor < line.upperBound {
            cursor += UTF8Step.next(in: bytes, at: cursor).length
            column += 1
        }
        return min(cursor, line.upperBound)
    }

    // The line ends of YAML 1.1 (LF, CRLF, CR, NEL, LS, PS): the parser counts lines by them, and a diagnostic must
    // show the line that the parser means.
    private static func lineStarts(of bytes: [UInt8]) -> [UInt32] {
        bytes.withUnsafeBufferPointer { bytes in
            let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
            var cursor = hasMark ? 3 : 0
            var starts = [UInt32(cursor)]
            let end = min(bytes.count, Int(UInt32.max))
            while cursor < end {
                let byte = bytes[cursor]
                cursor += 1
                if byte >= 0x20 && byte < 0x80 { continue }
                switch byte {
                case 0x0A:
                    starts.append(UInt32(cursor))
                case 0x0D:
                    if cursor < end, bytes[cursor] == 0x0A { cursor += 1 }
                    starts.append(UInt32(cursor))
                case 0xC2 where cursor < end && bytes[cursor] == 0x85:
                    cursor += 1
                    starts.append(UInt32(cursor))
                case 0xE2 where cursor + 1 < end && bytes[cursor] == 0x80 && bytes[cursor + 1] & 0xFE == 0xA8:
                    cursor += 2
                    starts.append(UInt32(cursor))
                default:
                    break
                }
            }
            return starts
        }
    }

    private static func contentEnd(before next: Int, from start: Int, in bytes: [UInt8]) -> Int {
        switch bytes[next - 1] {
        case 0x0A:
            return next - 2 >= start && bytes[next - 2] == 0x0D ? next - 2 : next - 1
        case 0x0D:
            return next - 1
        case 0x85:
            return next - 2
        default:
            return next - 3
        }
    }
}
