internal import Text

/// What a release is called on its hosts: VERSION-DIGEST, so that a version that was built again never takes the place of
/// a live tree. What ran before Baton came is `found`, and `found-2` should that happen once more.
package struct ReleaseID: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    /// As the user says it; a found release has none.
    package let version: String?
    /// The first twelve digits of the artifact's SHA-256.
    package let digest: String?

    package var description: String { text }
    package var isFound: Bool { version == nil }

    static let longestVersion = 100
    private static let digits = 12

    /// `sha256` is the whole sum of the artifact.
    package init(version: String, sha256: String) throws(ReleaseError) {
        guard Self.isVersion(version) else {
            throw ReleaseError(
                "\(Printable.quoted(version)) is no version of a release: 1 to \(Self.longestVersion) letters, digits and "
                    + "\"._+~-\", the first one a letter or a digit"
            )
        }
        guard Sum.isOne(sha256) else {
            throw ReleaseError("\(Printable.quoted(sha256, limit: 80)) is no SHA-256")
        }
        self.version = version
        let digest = String(sha256.prefix(Self.digits))
        self.digest = digest
        text = "\(version)-\(digest)"
    }

    /// Nil for what is no release of Baton's.
    package init?(_ text: String) {
        self.text = text
        if Self.isFound(text) {
            (version, digest) = (nil, nil)
            return
        }
        guard let dash = text.lastIndex(of: "-") else { return nil }
        let (version, digest) = (String(text[..<dash]), String(text[text.index(after: dash)...]))
        guard Self.isVersion(version), digest.utf8.count == Self.digits, Sum.isHex(digest) else { return nil }
        (self.version, self.digest) = (version, digest)
    }

    package static let found = ReleaseID(foundNumber: 1)

    private init(foundNumber number: Int) {
        text = number == 1 ? "found" : "found-\(number)"
        (version, digest) = (nil, nil)
    }

    private static func isFound(_ text: String) -> Bool {
        if text == "found" { return true }
        guard text.hasPrefix("found-"), let number = Int(text.dropFirst(6)), (2...99).contains(number) else {
            return false
        }
        return text == "found-\(number)"
    }

    private static func isVersion(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= longestVersion, isPlain(first) else { return false }
        return text.utf8.allSatisfy { isPlain($0) || $0 == 45 || $0 == 46 || $0 == 95 || $0 == 43 || $0 == 126 }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}

/// For tables: numbers within versions count as numbers, so 2.10 is behind 2.9. Which release is newer on a host is not told
/// by this but by its records.
extension ReleaseID: Comparable {
    package static func < (one: ReleaseID, other: ReleaseID) -> Bool {
        var (left, right) = (one.text.utf8[...], other.text.utf8[...])
        while let first = left.first, let second = right.first {
            let (number, another) = (digits(&left), digits(&right))
            if !number.isEmpty, !another.isEmpty {
                if number.count != another.count { return number.count < another.count }
                if !number.elementsEqual(another) { return number.lexicographicallyPrecedes(another) }
                continue
            }
            if first != second { return first < second }
            left = left.dropFirst(number.isEmpty ? 1 : 0)
            right = right.dropFirst(another.isEmpty ? 1 : 0)
        }
        if left.isEmpty != right.isEmpty { return left.isEmpty }
        return one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }

    /// The number at the beginning, without its leading zeros; what it was is taken off.
    private static func digits(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let number = text.prefix { (48...57).contains($0) }
        text = text[number.endIndex...]
        let bare = number.drop { $0 == 48 }
        return bare.isEmpty ? number.suffix(1) : bare
    }
}

/// Why there is nothing to send, or what a host answered that is no answer.
package struct ReleaseError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
