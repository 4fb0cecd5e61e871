/// One step through bytes that should be UTF-8: a character, or a single byte that belongs to none.
package struct UTF8Step {
    /// Nil for a byte that is not part of well-formed UTF-8.
    package var scalar: Unicode.Scalar?
    package var length: Int

    package static func next(in bytes: [UInt8], at index: Int) -> UTF8Step {
        let first = bytes[index]
        if first < 0x80 { return UTF8Step(scalar: Unicode.Scalar(first), length: 1) }
        let invalid = UTF8Step(scalar: nil, length: 1)
        let length: Int
        var value: UInt32
        switch first {
        case 0xC2...0xDF:
            length = 2
            value = UInt32(first & 0x1F)
        case 0xE0...0xEF:
            length = 3
            value = UInt32(first & 0x0F)
        case 0xF0...0xF4:
            length = 4
            value = UInt32(first & 0x07)
        default:
            return invalid
        }
        guard index + length <= bytes.count else { return invalid }
        for offset in 1..<length {
            let byte = bytes[index + offset]
            guard byte & 0xC0 == 0x80 else { return invalid }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let shortest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard value >= shortest, let scalar = Unicode.Scalar(value) else { return invalid }
        return UTF8Step(scalar: scalar, length: length)
    }
}
