/// Lengths of time in playbooks: `30s`, `1h30m`, `500ms`, or a number of seconds.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Nothing waits longer: what is written so was meant in another unit.
    package static let longest = Duration.seconds(7 * 86_400)

    package static func parse(_ text: String) -> Duration? {
        guard let milliseconds = milliseconds(text) else { return nil }
        let duration = Duration.milliseconds(milliseconds)
        return duration <= longest ? duration : nil
    }

    private static func milliseconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty, rest.count <= 40 else { return nil }
        if let seconds = seconds(rest) { return seconds }
        var total: Int64 = 0
        // From the longest to the shortest, each once.
        var left = units[...]
        while !rest.isEmpty {
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !isDigit($0) }
            rest = rest.dropFirst(name.count)
            guard digits.count <= 12, let number = Int64(String(decoding: digits, as: UTF8.self)),
                let index = left.firstIndex(where: { $0.name.utf8.elementsEqual(name) })
            else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: left[index].milliseconds)
            let (sum, overflowToo) = total.addingReportingOverflow(product)
            if overflow || overflowToo { return nil }
            total = sum
            left = left[(index + 1)...]
        }
        return total
    }

    // A plain number, perhaps with a fraction.
    private static func seconds(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.count <= 9 && $0.allSatisfy(isDigit) }),
            let whole = Int64(String(decoding: parts[0], as: UTF8.self))
        else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            let digits =
                Array(parts[1].prefix(3)) + Array(repeating: UInt8(ascii: "0"), count: max(0, 3 - parts[1].count))
            fraction = Int64(String(decoding: digits, as: UTF8.self)) ?? 0
        }
        return whole * 1000 + fraction
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
