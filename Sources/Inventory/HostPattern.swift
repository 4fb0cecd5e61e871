/// What names hosts in a file: a name, ranges such as `web[01:20]`, and perhaps a port behind a colon.
struct HostPattern {
    /// Why it names no hosts.
    struct Problem: Error, Equatable {
        var message: String

        init(_ message: String) {
            self.message = message
        }
    }

    static let mostNames = 100_000

    let names: [String]
    let port: Int?

    /// No name may be longer than 255 bytes, and what a range adds is short.
    private static let longest = 1024

    init(_ text: String) throws(Problem) {
        guard text.utf8.count <= HostPattern.longest else { throw Problem("the name is longer than 255 bytes") }
        let address = Address(text, allowingRanges: true)
        if let port = address?.port, !(1...65535).contains(port) {
            throw Problem("the port must be from 1 to 65535")
        }
        port = address?.port
        names = try HostPattern.expand(address?.host ?? text)
    }

    private static func expand(_ pattern: String) throws(Problem) -> [String] {
        var names = [""]
        var rest = pattern[...]
        while let open = rest.firstIndex(of: "[") {
            guard let close = rest[open...].firstIndex(of: "]") else { throw Problem("the range has no \"]\"") }
            let values = try values(of: rest[rest.index(after: open)..<close])
            guard names.count * values.count <= mostNames else { throw tooMany }
            let head = rest[..<open]
            names = names.flatMap { name in values.map { name + head + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        return names.map { $0 + rest }
    }

    private static let tooMany = Problem("the range has more than \(mostNames) names")

    private static func values(of range: Substring) throws(Problem) -> [String] {
        let bounds = range.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard bounds.count == 2 || bounds.count == 3, !bounds[1].isEmpty else {
            throw Problem("a range is [from:to] or [from:to:step]")
        }
        let step = bounds.count == 3 ? number(bounds[2]) : 1
        guard let step, step > 0 else { throw Problem("the step of a range must be a whole number above 0") }
        let from = bounds[0].isEmpty ? "0" : bounds[0]
        let to = bounds[1]
        if let first = letterIndex(from), let last = letterIndex(to) {
            guard first <= last else { throw Problem("the range ends before it starts") }
            return stride(from: first, through: last, by: step).map { String(letters[$0]) }
        }
        guard let first = number(from), let last = number(to) else {
            throw Problem("a range goes from number to number or from letter to letter")
        }
        guard first <= last else { throw Problem("the range ends before it starts") }
        guard (last - first) / step < mostNames else { throw tooMany }
        let isPadded = from.hasPrefix("0") && from.count > 1
        if isPadded && from.count != to.count {
            throw Problem("both ends of a range with leading zeros must have as many digits")
        }
        return stride(from: first, through: last, by: step).map { value in
            let digits = String(value)
            return isPadded ? String(repeating: "0", count: max(0, from.count - digits.count)) + digits : digits
        }
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

    private static func letterIndex(_ text: String) -> Int? {
        guard text.count == 1, let letter = text.first else { return nil }
        return letters.firstIndex(of: letter)
    }

    private static func number(_ text: String) -> Int? {
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}
