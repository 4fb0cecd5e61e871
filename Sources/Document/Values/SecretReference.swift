import Text

/// Where a secret is to be fetched from: `!secret env:NAME`, `!secret file:PATH`, `!secret command:"..."`.
///
/// This room only recognises it. Who evaluates gives a way to fetch it, and what comes back is tainted.
package enum SecretReference: Sendable, Hashable {
    case environment(String)
    case file(String)
    case command(String)

    package static let tag = "!secret"
    package static let form = "\"!secret env:NAME\", \"!secret file:PATH\" or \"!secret command:...\""

    /// Nil for a node that is no secret, and for one whose text names no place.
    init?(_ node: Node) {
        guard node.ownTag == SecretReference.tag, let text = node.text else { return nil }
        self.init(text)
    }

    package init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let place = SecretReference.withoutQuotes(text[text.index(after: colon)...])
        guard !place.isEmpty, !place.utf8.contains(0) else { return nil }
        switch text[..<colon] {
        case "env" where SecretReference.isName(place): self = .environment(place)
        case "file": self = .file(place)
        case "command": self = .command(place)
        default: return nil
        }
    }

    /// As it is written behind the tag. It says where the secret lies, never what it is.
    package var written: String {
        switch self {
        case .environment(let name): "env:" + name
        case .file(let path): "file:" + path
        case .command(let command): "command:" + command
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first < 0x30 || first > 0x39 else { return false }
        return text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
        }
    }

    // `command:"pass show x"` is a plain scalar to YAML, quotes and all.
    private static func withoutQuotes(_ text: Substring) -> String {
        let bytes = Array(text.utf8).trimmed { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }
        if bytes.count >= 2, let first = bytes.first, first == bytes.last,
            first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"), !bytes.dropFirst().dropLast().contains(first)
        {
            return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    func trimmed(_ isDropped: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var rest = self[...]
        while let byte = rest.first, isDropped(byte) { rest.removeFirst() }
        while let byte = rest.last, isDropped(byte) { rest.removeLast() }
        return rest
    }
}

extension Value {
    /// Every secret in the value that is still to be fetched, with the place where it is named.
    package var secrets: [(reference: SecretReference, origin: Origin)] {
        switch content {
        case .secret(let reference): [(reference, origin)]
        case .list(let values): values.flatMap { $0.shape.isDynamic ? $0.secrets : [] }
        case .map(let pairs): pairs.flatMap { $0.value.shape.isDynamic ? $0.value.secrets : [] }
        default: []
        }
    }
}
