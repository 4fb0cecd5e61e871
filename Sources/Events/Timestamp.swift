/// A moment of the calendar, in UTC, as RFC 3339 with milliseconds. Rooms are told it; none reads the clock.
package struct Timestamp: Hashable, Sendable, CustomStringConvertible {
    package let nanosecondsSince1970: Int64

    package init(nanosecondsSince1970: Int64) { self.nanosecondsSince1970 = nanosecondsSince1970 }

    package var description: String {
        let milliseconds = nanosecondsSince1970.floored(by: 1_000_000)
        let seconds = milliseconds.floored(by: 1000)
        let days = seconds.floored(by: 86_400)
        let (year, month, day) = Self.date(ofDay: days)
        let time = seconds - days * 86_400
        return "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
            + "T\(Self.digits(time / 3600, 2)):\(Self.digits(time / 60 % 60, 2)):\(Self.digits(time % 60, 2))"
            + ".\(Self.digits(milliseconds - seconds * 1000, 3))Z"
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that the leap day is the
    /// last of its year and every month starts at a fixed distance.
    private static func date(ofDay day: Int64) -> (Int64, Int64, Int64) {
        let shifted = day + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }
}

extension Int64 {
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
