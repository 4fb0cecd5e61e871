/// Takes secrets out of output that comes in pieces, and makes text of it: what may be the beginning of a secret or of
/// a character waits for the next piece.
package struct StreamRedactor: Sendable {
    private let redactor: Redactor
    private var held: [UInt8] = []
    private var unfinished: [UInt8] = []

    package init(_ redactor: Redactor) { self.redactor = redactor }

    /// What can be shown by now.
    package mutating func feed(_ piece: some Sequence<UInt8>) -> String {
        held += piece
        let needles = redactor.needles
        let (clean, used) = needles.cleanBeginnings(held, before: held.count - needles.reach)
        held.removeFirst(used)
        return text(clean)
    }

    /// The rest, when nothing more comes.
    package mutating func finish() -> String {
        let clean = redactor.clean(held)
        held = []
        let rest = unfinished + clean
        unfinished = []
        return String(decoding: rest, as: UTF8.self)
    }

    private mutating func text(_ bytes: [UInt8]) -> String {
        let joined = unfinished + bytes
        let whole = joined.count - Self.unfinishedCount(joined)
        unfinished = Array(joined[whole...])
        return String(decoding: joined[..<whole], as: UTF8.self)
    }

    /// How many bytes at the end are a character that has not come whole.
    private static func unfinishedCount(_ bytes: [UInt8]) -> Int {
        for (back, byte) in bytes.suffix(3).reversed().enumerated() {
            switch byte {
            case 0x80...0xBF: continue
            case 0xC2...0xDF: return back + 1 < 2 ? back + 1 : 0
            case 0xE0...0xEF: return back + 1 < 3 ? back + 1 : 0
            case 0xF0...0xF4: return back + 1
            default: return 0
            }
        }
        return 0
    }
}
