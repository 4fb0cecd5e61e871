/// Takes secrets out of everything that leaves the process, by value and in the forms they are likely to come back in.
package struct Redactor: Sendable {
    private var needles: [[UInt8]] = []

    /// Shorter values are words: taking them out would shred ordinary text and protect nothing.
    package static let shortest = 6
    package static let mark = "(secret)"

    package init(_ secrets: [String] = []) { for secret in secrets { add(secret) } }

    package mutating func add(_ secret: String) {
        let bytes = Array(secret.utf8)
        guard bytes.count >= Self.shortest else { return }
        let forms =
            [bytes, Self.shellQuoted(bytes), Self.jsonQuoted(secret)] + Self.urlQuoted(bytes) + Self.base64Cores(bytes)
        for form in forms where form.count >= Self.shortest && !needles.contains(form) { needles.append(form) }
        // The longest first: a quoted form often contains the raw one.
        needles.sort { $0.count > $1.count }
    }

    package var isEmpty: Bool { needles.isEmpty }

    package func clean(_ text: String) -> String {
        needles.isEmpty ? text : String(decoding: clean(Array(text.utf8)), as: UTF8.self)
    }

    package func clean(_ bytes: [UInt8]) -> [UInt8] {
        needles.isEmpty ? bytes : cleanBeginnings(bytes, before: bytes.count).clean
    }

    /// How far a secret can reach beyond its first byte.
    var reach: Int { max(0, (needles.first?.count ?? 0) - 1) }

    /// Cleans what begins before `limit`, and says how many bytes that took: a secret that begins there is taken whole.
    func cleanBeginnings(_ bytes: [UInt8], before limit: Int) -> (clean: [UInt8], used: Int) {
        if needles.isEmpty || limit <= 0 { return (Array(bytes.prefix(max(0, limit))), max(0, limit)) }
        let firsts = Set(needles.map { $0[0] })
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        // Looked for inside of what is a secret already as well: of two that overlap, the end of the second would stay.
        var end = 0
        var index = 0
        while index < max(limit, end) {
            defer { index += 1 }
            if firsts.contains(bytes[index]), let needle = needles.first(where: { bytes[index...].starts(with: $0) }) {
                if index >= end { result += Self.mark.utf8 }
                end = max(end, index + needle.count)
            }
            if index >= end { result.append(bytes[index]) }
        }
        return (result, index)
    }

    /// Cleans output of which the middle is missing: a secret may have been cut there.
    package func clean(beginning: [UInt8], end: [UInt8]) -> [UInt8] {
        let cut = needles.map { Self.overlap(endOf: beginning, startOf: $0) }.max() ?? 0
        let rest = needles.map { Self.overlap(endOf: $0, startOf: end) }.max() ?? 0
        let mark = Array(Self.mark.utf8)
        return clean(Array(beginning.dropLast(cut))) + (cut > 0 ? mark : []) + (rest > 0 ? mark : [])
            + clean(Array(end.dropFirst(rest)))
    }

    /// The longest end of one that the other starts with; less than three bytes say nothing.
    private static func overlap(endOf one: [UInt8], startOf other: [UInt8]) -> Int {
        let most = min(one.count, other.count) - 1
        if most < 3 { return 0 }
        return (3...most).reversed().first { one.suffix($0).elementsEqual(other.prefix($0)) } ?? 0
    }

    /// As addresses and as forms write it, with digits of either case.
    private static func urlQuoted(_ bytes: [UInt8]) -> [[UInt8]] {
        [(uppercase: true, "%20"), (false, "%20"), (true, "+"), (false, "+")].map { uppercase, space in
            bytes.flatMap { byte -> [UInt8] in
                if byte == UInt8(ascii: " ") { return Array(space.utf8) }
                let scalar = Unicode.Scalar(byte)
                if scalar.isASCII,
                    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                        || "-._~".unicodeScalars.contains(scalar)
                {
                    return [byte]
                }
                let digits = String(byte, radix: 16, uppercase: uppercase)
                return Array("%\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            }
        }
    }

    /// How a shell shows a single quote inside single quotes; everything else stands as it is.
    private static func shellQuoted(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 == UInt8(ascii: "'") ? Array(#"'\''"#.utf8) : [$0] }
    }

    private static func jsonQuoted(_ text: String) -> [UInt8] {
        Array(JSON.string(text).line.utf8.dropFirst().dropLast())
    }

    /// Base64 of the value at the three places it can have in a longer text, in both alphabets: only the characters that
    /// depend on nothing but the value.
    private static func base64Cores(_ bytes: [UInt8]) -> [[UInt8]] {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        return [Array("\(letters)+/".utf8), Array("\(letters)-_".utf8)].flatMap { alphabet in
            (0..<3).map { offset in
                let skipped = offset == 0 ? 0 : 6 - offset * 8 % 6
                return stride(from: skipped, through: bits.count - 6, by: 6).map { start in
                    alphabet[Int(bits[start..<start + 6].reduce(0) { $0 << 1 | $1 })]
                }
            }
        }
    }
}
