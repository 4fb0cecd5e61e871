/// YAML 1.1 dates and times in the one form that Python writes them in.
enum ISODate {
    /// `2001-1-2 3:04:05.6 -5` as `2001-01-02T03:04:05.600000-05:00`; nil where there is no such day or time.
    static func text(of written: String) -> String? {
        let bytes = Array(written.utf8)
        var index = 0
        func number(_ most: Int) -> Int? {
            let start = index
            while index < bytes.count, index - start < most, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
            return index == start ? nil : Int(String(decoding: bytes[start..<index], as: UTF8.self))
        }
        func skip(_ marks: String) { while index < bytes.count, marks.utf8.contains(bytes[index]) { index += 1 } }
        guard let year = number(4), year > 0 else { return nil }
        skip("-")
        guard let month = number(2), (1...12).contains(month) else { return nil }
        skip("-")
        guard let day = number(2), day >= 1, day <= days(in: month, of: year) else { return nil }
        let date = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
        if index == bytes.count { return date }
        skip("Tt \t")
        guard let hour = number(2), hour < 24 else { return nil }
        skip(":")
        guard let minute = number(2), minute < 60 else { return nil }
        skip(":")
        guard let second = number(2), second < 60 else { return nil }
        var result = date + "T" + padded(hour, 2) + ":" + padded(minute, 2) + ":" + padded(second, 2)
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
            var digits = String(decoding: bytes[start..<min(index, start + 6)], as: UTF8.self)
            digits += String(repeating: "0", count: 6 - digits.utf8.count)
            if digits != "000000" { result += "." + digits }
        }
        skip(" \t")
        guard index < bytes.count else { return result }
        if bytes[index] == UInt8(ascii: "Z") { return result + "+00:00" }
        let sign = bytes[index] == UInt8(ascii: "-") ? "-" : "+"
        index += 1
        guard let hours = number(2) else { return nil }
        skip(":")
        let minutes = number(2) ?? 0
        return result + (hours == 0 && minutes == 0 ? "+" : sign) + padded(hours, 2) + ":" + padded(minutes, 2)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
