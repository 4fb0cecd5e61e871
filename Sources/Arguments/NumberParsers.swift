extension ValueParser where Value == Int {
    /// A whole number in decimal digits that lies in a range.
    package static func wholeNumber(in range: ClosedRange<Int>, named placeholder: String = "NUMBER") -> ValueParser {
        let problem = ValueProblem("a whole number \(bounds(range))")
        return ValueParser(placeholder: placeholder, describe: { String($0) }) { (text) throws(ValueProblem) -> Int in
            // `Int` reads "+5"; one way to write a number is enough.
            guard text.utf8.first != UInt8(ascii: "+"), let number = Int(text), range.contains(number) else {
                throw problem
            }
            return number
        }
    }

    /// A number of bytes: plain, or with K, M, G or T for powers of 1024.
    package static func byteSize(
        in range: ClosedRange<Int> = 0...Int.max,
        named placeholder: String = "SIZE"
    ) -> ValueParser {
        let describe = { @Sendable (size: Int) in ByteSize.text(size) }
        let limits =
            range == 0...Int.max
            ? "" : " from \(describe(range.lowerBound)) to \(describe(range.upperBound))"
        let problem = ValueProblem("a size like `64K`, `10M` or `1G`\(limits)")
        return ValueParser(placeholder: placeholder, describe: describe) { (text) throws(ValueProblem) -> Int in
            guard let size = ByteSize.size(text), range.contains(size) else { throw problem }
            return size
        }
    }

    private static func bounds(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (Int.min, Int.max): "that is not too large"
        case (let lower, Int.max): "of at least \(lower)"
        case (Int.min, let upper): "of at most \(upper)"
        case (let lower, let upper): "from \(lower) to \(upper)"
        }
    }
}

/// The written form of byte counts, read and produced.
///
/// Only the notation lives here, not any limit on sizes.
private enum ByteSize {
    private static let units: [(letter: UInt8, shift: Int)] = [
        (UInt8(ascii: "T"), 40), (UInt8(ascii: "G"), 30), (UInt8(ascii: "M"), 20), (UInt8(ascii: "K"), 10),
    ]

    static func size(_ text: String) -> Int? {
        guard let first = text.utf8.first, DecimalDigits.isDigit(first), let last = text.utf8.last else { return nil }
        // Clearing bit 5 turns an ASCII small letter into its capital.
        guard let unit = units.first(where: { $0.letter == last & 0b1101_1111 }) else { return Int(text) }
        guard let number = Int(String(text.dropLast())) else { return nil }
        let (size, overflow) = number.multipliedReportingOverflow(by: 1 << unit.shift)
        return overflow ? nil : size
    }

    static func text(_ size: Int) -> String {
        for unit in units where size != 0 && size % (1 << unit.shift) == 0 {
            return "\(size >> unit.shift)\(Character(Unicode.Scalar(unit.letter)))"
        }
        return String(size)
    }
}

/// The test for ASCII digits, which the number notations share.
///
/// Turning digits into numbers is left to `Int`.
enum DecimalDigits {
    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
