internal import Text

/// What a host says of a path in one line: `missing`, `file 644 0 0 12 sha256 ab12...`, `directory 755 0 0`,
/// `link 0 0 TARGET`, `other 11a4 ...`. The host compares such lines right before a change; here they are read.
struct Fingerprint: Equatable {
    var kind: PathState.Kind
    var mode: UInt16 = 0
    var user = 0
    var group = 0
    var size = 0
    /// Why nothing can be said, instead of what is there.
    var trouble: String?

    /// Nil for a line that no host of good will would say.
    init?(_ line: String) {
        // A link's target is everything behind the third space, whatever it holds.
        let words = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard let first = words.first.map({ String(Substring($0)) }) else { return nil }
        switch first {
        case "missing" where words.count == 1:
            kind = .missing
        case "unseen" where words.count == 1:
            kind = .missing
            trouble = "a directory on the way to it may not be looked into"
        case "barred" where words.count > 1:
            kind = .missing
            trouble = Printable.sentence(line.utf8.dropFirst(7), limit: 200)
        case "link":
            guard words.count == 4, let user = Self.number(words[1]), let group = Self.number(words[2]) else {
                return nil
            }
            (self.user, self.group) = (user, group)
            mode = 0o777
            kind = .link(target: String(Substring(words[3])))
        case "file", "directory", "other":
            var fields = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }[1...]
            var letter = ""
            if first == "other" { letter = fields.popFirst() ?? "" }
            guard fields.count >= (first == "file" ? 6 : 3),
                let mode = fields.popFirst().flatMap({ UInt16($0, radix: 8) }), mode <= 0o7777,
                let user = fields.popFirst().flatMap(Self.number), let group = fields.popFirst().flatMap(Self.number)
            else { return nil }
            (self.mode, self.user, self.group) = (mode, user, group)
            kind = first == "directory" ? .directory : .other(Self.name(of: letter))
            if first == "file" {
                guard let size = fields.popFirst().flatMap(Self.number), let way = fields.popFirst() else { return nil }
                self.size = size
                kind = .file
                if way == "sha256", let sum = fields.first, !Sum.isOne(sum) {
                    trouble = sum == "none" ? Sum.noTool : "it may not be read"
                }
            }
        default:
            return nil
        }
    }

    /// Whether its content is compared by its sum, which the host has to compute again for that.
    static func hasSum(_ line: String) -> Bool { line.hasPrefix("file ") && line.utf8.contains(sha256) }

    private static let sha256 = Array(" sha256 ".utf8)

    private static func number(_ digits: some StringProtocol) -> Int? {
        digits.utf8.allSatisfy { (48...57).contains($0) } ? Int(digits) : nil
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? { number(Substring(digits)) }

    /// By the first digit of the raw mode.
    private static func name(of raw: String) -> String {
        switch raw.utf8.first {
        case UInt8(ascii: "1"): "pipe"
        case UInt8(ascii: "c"): "socket"
        case UInt8(ascii: "2"): "character device"
        case UInt8(ascii: "6"): "block device"
        default: "special file"
        }
    }
}

/// SHA-256 as text.
enum Sum {
    static let noTool = "there is no sha256sum, shasum or openssl to compare its content with"

    static func isOne(_ text: some StringProtocol) -> Bool { text.utf8.count == 64 && isHex(text) }

    static func isHex(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

extension Collection<UInt8> {
    fileprivate func contains(_ needle: [UInt8]) -> Bool {
        var rest = self[...]
        while rest.count >= needle.count {
            if rest.starts(with: needle) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
