/// Where the bytes of a scalar lie in the file that it was read from: what quotes, escapes, indentation and folding have
/// changed is walked through once more, beside the text that came out.
///
/// Made only for an error. It agrees with the text it is given, or is nil: a place is right or not told.
struct ScalarPlaces {
    /// Bytes of the text that stand in the file as they are, or stand for an escape there.
    struct Run {
        var bytes: [UInt8]
        var source: Int
        var isEscape = false
    }

    private struct Piece {
        var decoded: Range<Int>
        var source: Int
        var isEscape: Bool
    }

    private let source: SourceText
    private let pieces: [Piece]

    init?(of origin: Origin, decodedAs text: [UInt8]) {
        source = origin.source
        guard let start = source.byte(of: origin.position) else { return nil }
        // An inventory that is no YAML has no comments behind its values.
        for hasComments in [true, false] {
            let scanner = ScalarScanner(source.bytes, from: start, hasComments: hasComments)
            if let pieces = ScalarPlaces.pieces(of: text, scanner) {
                self.pieces = pieces
                return
            }
        }
        return nil
    }

    private static func pieces(of text: [UInt8], _ scanner: ScalarScanner) -> [Piece]? {
        var scanner = scanner
        var pieces: [Piece] = []
        var cursor = 0
        while cursor < text.count {
            guard let run = scanner.next() else { return nil }
            // Line ends have become spaces or line ends, more or fewer of them.
            var rest = text[cursor...]
            while !rest.starts(with: run.bytes), !run.bytes.starts(with: rest) {
                guard let byte = rest.popFirst(), byte == 0x20 || byte == 0x0A else { return nil }
            }
            cursor = rest.startIndex
            // Where a value is only a part of its line, the line goes on behind it.
            let end = min(cursor + run.bytes.count, text.count)
            pieces.append(Piece(decoded: cursor..<end, source: run.source, isEscape: run.isEscape))
            cursor = end
            // Line ends in front of a closing quote have become a space, and nothing behind it will say so.
            if text[cursor...].allSatisfy({ $0 == 0x0A || $0 == 0x20 }) { break }
        }
        return pieces
    }

    func position(ofByte offset: Int) -> Position? {
        guard let piece = pieces.last(where: { $0.decoded.lowerBound <= offset }) ?? pieces.first else { return nil }
        let inside = min(max(offset - piece.decoded.lowerBound, 0), piece.decoded.count)
        return source.position(ofByte: piece.source + (piece.isEscape ? 0 : inside))
    }
}
