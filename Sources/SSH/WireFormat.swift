/// Reads SSH's binary strings and numbers from bytes that nobody vouches for.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func number() -> UInt32? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func string() -> [UInt8]? {
        var ahead = self
        guard let count = ahead.number(), count <= ahead.rest.count else { return nil }
        defer { rest = ahead.rest.dropFirst(Int(count)) }
        return Array(ahead.rest.prefix(Int(count)))
    }

    mutating func text() -> String? { string().flatMap { String(validating: $0, as: UTF8.self) } }

    /// A positive big number without its leading zero.
    mutating func positive() -> [UInt8]? { string().map { Array($0.drop { $0 == 0 }) } }
}

/// Writes the same.
enum WireFormat {
    static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static func string(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }
    static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    /// A positive number: shortest form, with a zero where the first bit would make it negative.
    static func positive(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        return string(digits.first.map { $0 & 0x80 != 0 } == true ? [0] + digits : digits)
    }
}
