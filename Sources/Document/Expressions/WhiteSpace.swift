import Text

/// White space as Python sees it, and line ends as Jinja writes them.
enum WhiteSpace {
    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0: true
        case 0..<0x80: false
        default: scalar.properties.isWhitespace
        }
    }

    /// The first place from `start` on where something else stands.
    static func skip(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let step = UTF8Step.next(in: bytes, at: index)
            guard let scalar = step.scalar, contains(scalar) else { break }
            index += step.length
        }
        return index
    }

    /// The end of what is left of `limit..<end` without the white space at its end.
    static func skipBack(_ bytes: [UInt8], from end: Int, to limit: Int) -> Int {
        var end = end
        while end > limit {
            var start = end - 1
            while start > limit, bytes[start] & 0xC0 == 0x80 { start -= 1 }
            guard let scalar = UTF8Step.next(in: bytes, at: start).scalar, contains(scalar) else { break }
            end = start
        }
        return end
    }

    /// A carriage return, alone or with a line feed, is a line feed.
    static func normalized(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(0x0D) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A || previous != 0x0D {
                result.append(byte)
            }
            previous = byte
        }
        return String(decoding: result, as: UTF8.self)
    }
}
