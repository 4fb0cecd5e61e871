/// What a daemon is called: safe in shells, in file names, in URLs and in the names of every supervisor.
package struct DaemonIdentifier: Hashable, Sendable {
    package let text: String

    /// What the service of a daemon is called everywhere.
    package var service: String { DaemonIdentifier.prefix + text }

    package static let prefix = "daemon-"
    package static let rule =
        "up to 32 lower-case letters, digits and single \"-\" between them, a letter or a digit first"

    private static let longest = 32

    package init?(_ text: String) {
        let bytes = text.utf8
        guard (1...DaemonIdentifier.longest).contains(bytes.count), !text.hasPrefix("-"), !text.hasSuffix("-"),
            !text.contains("--"),
            bytes.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    /// As people and scripts have it: with the prefix or without.
    package init?(given: String) {
        self.init(
            given.hasPrefix(DaemonIdentifier.prefix) ? String(given.dropFirst(DaemonIdentifier.prefix.count)) : given
        )
    }

    // Without vowels, that no word comes of it, and without what looks like another.
    private static let letters = Array("bcdfghjkmnpqrstvwxz".utf8)
    private static let signs = letters + Array("23456789".utf8)

    /// A new one: 2.4e11 there are, and whoever creates one looks whether it is taken.
    package static func random() -> DaemonIdentifier {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    package static func random(using generator: inout some RandomNumberGenerator) -> DaemonIdentifier {
        var bytes = [letters[Int.random(in: letters.indices, using: &generator)]]
        for _ in 1..<8 { bytes.append(signs[Int.random(in: signs.indices, using: &generator)]) }
        return DaemonIdentifier(unchecked: String(decoding: bytes, as: UTF8.self))
    }

    private init(unchecked text: String) { self.text = text }
}
