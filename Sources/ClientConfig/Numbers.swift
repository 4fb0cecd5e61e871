/// Numbers as configurations write them.
enum Numbers {
    /// OpenSSH also looks into the list of services, which has one name that anybody would write here.
    static func port(_ text: String) -> Int? {
        if text == "ssh" { return 22 }
        guard let number = whole(text), (1...65535).contains(number) else { return nil }
        return number
    }

    static func whole(_ text: String) -> Int? {
        let digits = trimmed(text)
        guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit), let number = Int32(digits) else { return nil }
        return Int(number)
    }

    /// `90`, `1h30m`, `2d` in seconds.
    static func seconds(_ text: String) -> Int? {
        let digits = trimmed(text)
        guard !digits.isEmpty else { return nil }
        var total = 0
        var number: Int?
        for byte in digits.utf8 {
            if isDigit(byte) {
                let next = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
                guard next <= Int(Int32.max) else { return nil }
                number = next
                continue
            }
            guard let count = number, let unit = unit(byte) else { return nil }
            total += count * unit
            number = nil
            guard total <= Int(Int32.max) else { return nil }
        }
        total += number ?? 0
        return total <= Int(Int32.max) ? total : nil
    }

    private static func unit(_ byte: UInt8) -> Int? {
        switch byte | 0x20 {
        case UInt8(ascii: "s"): 1
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "h"): 3600
        case UInt8(ascii: "d"): 86400
        case UInt8(ascii: "w"): 604800
        default: nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Blanks and a plus in front of a number, which the functions of C pass over.
    private static func trimmed(_ text: String) -> Substring {
        let rest = text.drop { $0 == " " || $0 == "\t" }
        return rest.first == "+" ? rest.dropFirst() : rest
    }
}
