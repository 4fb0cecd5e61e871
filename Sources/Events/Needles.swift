/// The secrets that are looked for, in all their forms, and the search itself.
struct Needles: Sendable {
    private var forms: Set<[UInt8]> = []
    /// How long those are that start with the same bytes, the longest first: a quoted form often contains the raw one.
    private var lengths: [UInt32: [Int]] = [:]
    private var firsts = [Bool](repeating: false, count: 256)
    private var longest = 0

    private static let startLength = 4
    /// A secret of several lines is often shown line by line; shorter lines of it may be ordinary words.
    private static let shortestLine = 12

    var isEmpty: Bool { longest == 0 }

    /// How far a secret can reach beyond its first byte.
    var reach: Int { max(0, longest - 1) }

    // MARK: Adding

    mutating func add(_ secret: String) {
        addForms(of: secret)
        let lines = secret.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 })
        if lines.count < 2 { return }
        for line in lines where line.count >= Self.shortestLine {
            addForms(of: String(decoding: line, as: UTF8.self))
        }
    }

    private mutating func addForms(of secret: String) {
        let bytes = Array(secret.utf8)
        guard bytes.count >= Redactor.shortest, !forms.contains(bytes) else { return }
        for form in Forms.of(secret, bytes) where form.count >= Redactor.shortest { insert(form) }
    }

    private mutating func insert(_ form: [UInt8]) {
        guard forms.insert(form).inserted else { return }
        firsts[Int(form[0])] = true
        longest = max(longest, form.count)
        var known = lengths[Self.start(of: form, at: 0)] ?? []
        if known.contains(form.count) { return }
        known.insert(form.count, at: known.firstIndex { $0 < form.count } ?? known.count)
        lengths[Self.start(of: form, at: 0)] = known
    }

    /// Every form is longer than this.
    private static func start(of bytes: [UInt8], at index: Int) -> UInt32 {
        bytes[index..<(index + startLength)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    // MARK: Cleaning

    func clean(_ bytes: [UInt8]) -> [UInt8] {
        isEmpty ? bytes : cleanBeginnings(bytes, before: bytes.count).clean
    }

    /// Cleans what begins before `limit`, and says how many bytes that took: a secret that begins there is taken whole.
    func cleanBeginnings(_ bytes: [UInt8], before limit: Int) -> (clean: [UInt8], used: Int) {
        if isEmpty || limit <= 0 { return (Array(bytes.prefix(max(0, limit))), max(0, limit)) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        // Looked for inside of what is a secret already as well: of two that overlap, the end of the second would stay.
        var end = 0
        var index = 0
        while index < max(limit, end) {
            defer { index += 1 }
            if let length = secret(in: bytes, at: index) {
                if index >= end { result += Redactor.mark.utf8 }
                end = max(end, index + length)
            }
            if index >= end { result.append(bytes[index]) }
        }
        return (result, index)
    }

    private func secret(in bytes: [UInt8], at index: Int) -> Int? {
        guard firsts[Int(bytes[index])], index + Self.startLength <= bytes.count,
            let candidates = lengths[Self.start(of: bytes, at: index)]
        else { return nil }
        return candidates.first { index + $0 <= bytes.count && forms.contains(Array(bytes[index..<(index + $0)])) }
    }

    /// Cleans output of which the middle is missing: a secret may have been cut there.
    func clean(beginning: [UInt8], end: [UInt8]) -> [UInt8] {
        var cut = 0
        var rest = 0
        for needle in forms {
            cut = max(cut, Self.overlap(endOf: beginning, startOf: needle))
            rest = max(rest, Self.overlap(endOf: needle, startOf: end))
        }
        let mark = Array(Redactor.mark.utf8)
        return clean(Array(beginning.dropLast(cut))) + (cut > 0 ? mark : []) + (rest > 0 ? mark : [])
            + clean(Array(end.dropFirst(rest)))
    }

    /// The longest end of one that the other starts with; less than three bytes say nothing.
    private static func overlap(endOf one: [UInt8], startOf other: [UInt8]) -> Int {
        let most = min(one.count, other.count) - 1
        if most < 3 { return 0 }
        return (3...most).reversed().first { one.suffix($0).elementsEqual(other.prefix($0)) } ?? 0
    }
}

/// The forms in which a secret is likely to come back.
private enum Forms {
    static func of(_ secret: String, _ bytes: [UInt8]) -> [[UInt8]] {
        [bytes, shellQuoted(bytes), jsonQuoted(secret)] + urlQuoted(bytes) + base64Cores(bytes)
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
