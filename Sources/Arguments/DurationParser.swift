extension ValueParser where Value == Duration {
    /// A length of time: `30s`, `5m`, `1h30m`, `250ms`, or a plain number of seconds.
    package static func duration(
        in range: ClosedRange<Duration>? = nil,
        named placeholder: String = "DURATION"
    ) -> ValueParser {
        var expectation = "a length of time like `30s`, `5m`, `1h30m` or `250ms`"
        if let range {
            expectation +=
                " from \(DurationNotation.text(range.lowerBound)) to \(DurationNotation.text(range.upperBound))"
        }
        let problem = ValueProblem(expectation)
        return ValueParser(placeholder: placeholder, describe: DurationNotation.text) {
            (text) throws(ValueProblem) -> Duration in
            guard let milliseconds = DurationNotation.milliseconds(text) else { throw problem }
            let duration = Duration.milliseconds(milliseconds)
            guard range?.contains(duration) ?? true else { throw problem }
            return duration
        }
    }
}

/// The written form of lengths of time, read and produced, in whole milliseconds.
///
/// Only the notation lives here, not any limit on lengths.
private enum DurationNotation {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    static func milliseconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0
        // Units must shrink from left to right; this also refuses the same unit twice.
        var allowed = units[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix(while: DecimalDigits.isDigit)
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !DecimalDigits.isDigit($0) }
            rest = rest.dropFirst(name.count)
            guard let number = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
            // A plain number means seconds only when it stands alone: the 30 of `1h30` could be anything.
            let isPlain = name.isEmpty && digits.count == text.utf8.count
            let unit = isPlain ? "s" : String(decoding: name, as: UTF8.self)
            guard let index = allowed.firstIndex(where: { $0.name == unit }) else { return nil }
            let (product, productOverflow) = number.multipliedReportingOverflow(by: allowed[index].milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(product)
            guard !productOverflow, !sumOverflow else { return nil }
            total = sum
            allowed = allowed[(index + 1)...]
        }
        return total
    }

    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var text = ""
        var rest = seconds
        for unit in units where unit.milliseconds >= 1000 {
            let count = rest / (unit.milliseconds / 1000)
            rest %= unit.milliseconds / 1000
            if count != 0 { text += "\(count)\(unit.name)" }
        }
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if milliseconds != 0 { text += "\(milliseconds)ms" }
        return text.isEmpty ? "0s" : text
    }
}
