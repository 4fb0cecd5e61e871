import Text

/// Patterns with `*`, `?` and `!`: one must match, and none with a `!` in front of it may.
struct Patterns: Sendable {
    private struct One {
        var bytes: [UInt8]
        var isNegated: Bool
        /// Most are plain names.
        var isPlain: Bool
    }

    private var list: [One] = []

    /// `!` in front of a pattern negates it.
    mutating func add(_ pattern: some Collection<UInt8>) {
        let isNegated = pattern.first == UInt8(ascii: "!")
        let bytes = Array(isNegated ? pattern.dropFirst() : pattern.dropFirst(0))
        let isPlain = !bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        list.append(One(bytes: bytes, isNegated: isNegated, isPlain: isPlain))
    }

    init() {}

    /// A list with commas, as the criteria of `Match` have it.
    init(list: [UInt8], lowercased: Bool) {
        let bytes = lowercased ? list.lowercased : list
        for part in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) { add(part) }
    }

    func match(_ text: [UInt8]) -> Bool {
        var isMatched = false
        for one in list {
            if one.isPlain ? one.bytes == text : Wildcard.matches(one.bytes, text) {
                if one.isNegated { return false }
                isMatched = true
            }
        }
        return isMatched
    }
}

extension [UInt8] {
    var lowercased: [UInt8] {
        map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 }
    }
}

extension String {
    /// As OpenSSH lowers names: ASCII only, so that nothing depends on Unicode.
    var asciiLowercased: String {
        utf8.contains { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
            ? String(decoding: Array(utf8).lowercased, as: UTF8.self) : self
    }
}
