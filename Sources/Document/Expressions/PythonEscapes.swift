/// Escapes in the texts of expressions, as in Python. What is no escape stays as it is, with its backslash.
enum PythonEscapes {
    static func undone(_ text: String, at offset: Int) throws(TemplateProblem) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < bytes.count else {
                result.append(byte)
                continue
            }
            let letter = bytes[index]
            index += 1
            switch letter {
            case 0x0A: break
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(letter)
            case UInt8(ascii: "a"): result.append(7)
            case UInt8(ascii: "b"): result.append(8)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "v"): result.append(0x0B)
            case UInt8(ascii: "x"): result += try scalar(bytes, &index, digits: 2, offset)
            case UInt8(ascii: "u"): result += try scalar(bytes, &index, digits: 4, offset)
            case UInt8(ascii: "U"): result += try scalar(bytes, &index, digits: 8, offset)
            case UInt8(ascii: "N"):
                throw TemplateProblem(
                    "characters cannot be written by name",
                    at: offset,
                    hint: "write the character itself, or its number as \\u00e9"
                )
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                var value = UInt32(letter - 0x30)
                var count = 1
                while count < 3, index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x37 {
                    value = value * 8 + UInt32(bytes[index] - 0x30)
                    index += 1
                    count += 1
                }
                // Three octal digits are at most 511.
                if let scalar = Unicode.Scalar(value) { result += Array(String(scalar).utf8) }
            default:
                result += [byte, letter]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func scalar(
        _ bytes: [UInt8],
        _ index: inout Int,
        digits: Int,
        _ offset: Int
    ) throws(TemplateProblem) -> [UInt8] {
        let end = index + digits
        guard end <= bytes.count, bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-"),
            let value = UInt32(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else {
            throw TemplateProblem(
                "an escape in this text needs \(digits) hexadecimal digits that name a character",
                at: offset
            )
        }
        index = end
        return Array(String(scalar).utf8)
    }
}
