import Text

/// The line of a diagnostic and the caret below it, cut to a window around the caret where the line is long.
struct Excerpt {
    var line: String
    var caret: String

    private static let width = 100
    private static let leastAfter = 40
    private static let cut = "..."

    init?(of source: SourceText, at position: Position) {
        guard let range = source.byteRange(ofLine: position.line), let caretByte = source.byte(of: position) else {
            return nil
        }
        let bytes = source.bytes
        if Excerpt.mayHoldSecret(bytes[range].prefix(4096)) { return nil }
        // No more bytes are looked at than could be shown: a line may be the whole of a large file.
        var start = max(range.lowerBound, caretByte - Excerpt.width * 4)
        let startsInside = start > range.lowerBound
        while startsInside, start < caretByte, bytes[start] & 0xC0 == 0x80 { start += 1 }
        var before = Excerpt.pieces(in: bytes, start..<caretByte)
        let end = min(range.upperBound, caretByte + Excerpt.width * 4)
        var after = Excerpt.pieces(in: bytes, caretByte..<end)

        let beforeWidth = Excerpt.width(of: before)
        let afterBudget = max(Excerpt.width - beforeWidth, Excerpt.leastAfter)
        let cutsAfter = Excerpt.trim(&after, to: afterBudget, keepingEnd: false) || end < range.upperBound
        let beforeBudget = Excerpt.width - Excerpt.width(of: after)
        let cutsBefore = Excerpt.trim(&before, to: beforeBudget, keepingEnd: true) || startsInside

        let lead = cutsBefore ? Excerpt.cut : ""
        line = lead + (before + after).map(\.text).joined() + (cutsAfter ? Excerpt.cut : "")
        caret = String(repeating: " ", count: lead.utf8.count + Excerpt.width(of: before)) + "^"
    }

    /// A broken line is shown before anybody knows what it means: one that names a secret is not shown.
    private static func mayHoldSecret(_ line: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self).lowercased()
        guard text.contains(":") || text.contains("=") else { return false }
        return ["pass", "secret", "token", "private_key\"", "private_key:", "private_key="].contains {
            text.contains($0)
        }
    }

    private static func pieces(in bytes: [UInt8], _ range: Range<Int>) -> [Printable.Piece] {
        var result: [Printable.Piece] = []
        var cursor = range.lowerBound
        while cursor < range.upperBound {
            let step = UTF8Step.next(in: bytes, at: cursor)
            result.append(Printable.piece(step, byte: bytes[cursor]))
            cursor += step.length
        }
        return result
    }

    private static func width(of pieces: [Printable.Piece]) -> Int {
        pieces.reduce(0) { $0 + $1.width }
    }

    private static func trim(_ pieces: inout [Printable.Piece], to budget: Int, keepingEnd: Bool) -> Bool {
        var total = 0
        var kept = 0
        for index in pieces.indices {
            let piece = keepingEnd ? pieces[pieces.count - 1 - index] : pieces[index]
            guard total + piece.width <= budget else { break }
            total += piece.width
            kept += 1
        }
        guard kept < pieces.count else { return false }
        if keepingEnd { pieces.removeFirst(pieces.count - kept) } else { pieces.removeLast(pieces.count - kept) }
        return true
    }
}
