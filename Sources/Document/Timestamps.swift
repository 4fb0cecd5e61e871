/// The texts that PyYAML makes dates of.
enum Timestamps {
    static func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(64))
        guard let date = digits(bytes, 0, 4...4), date < bytes.count, bytes[date] == UInt8(ascii: "-") else {
            return false
        }
        guard let month = digits(bytes, date + 1, 1...2), month < bytes.count, bytes[month] == UInt8(ascii: "-") else {
            return false
        }
        guard let day = digits(bytes, month + 1, 1...2) else { return false }
        if day == bytes.count { return bytes.count == 10 }
        return time(bytes[day...])
    }

    private static func time(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        if let first = rest.first, first | 0x20 == UInt8(ascii: "t") {
            rest = rest.dropFirst()
        } else {
            let trimmed = rest.drop { $0 == 0x20 || $0 == 0x09 }
            guard trimmed.count < rest.count else { return false }
            rest = trimmed
        }
        guard take(&rest, 1...2), take(&rest, after: ":"), take(&rest, after: ":") else { return false }
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop { $0 >= 0x30 && $0 <= 0x39 } }
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard let zone = rest.popFirst() else { return bytes.last != 0x20 && bytes.last != 0x09 }
        if zone == UInt8(ascii: "Z") { return rest.isEmpty }
        guard zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-"), take(&rest, 1...2) else { return false }
        return rest.isEmpty || (take(&rest, after: ":") && rest.isEmpty)
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, after mark: Unicode.Scalar) -> Bool {
        guard rest.popFirst() == UInt8(ascii: mark) else { return false }
        return take(&rest, 2...2)
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, _ counts: ClosedRange<Int>) -> Bool {
        let run = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard counts.contains(run.count) else { return false }
        rest = rest.dropFirst(run.count)
        return true
    }

    private static func digits(_ bytes: [UInt8], _ start: Int, _ counts: ClosedRange<Int>) -> Int? {
        let run = bytes.dropFirst(start).prefix { $0 >= 0x30 && $0 <= 0x39 }
        return counts.contains(run.count) ? start + run.count : nil
    }
}
