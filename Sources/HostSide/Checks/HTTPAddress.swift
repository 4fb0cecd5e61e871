/// `http://host:port/path?query`, taken apart.
package struct HTTPAddress: Equatable {
    package var isTLS: Bool
    package var host: String
    package var port: Int
    package var path: String

    /// Why a text is none.
    package struct Problem: Error {
        package var message: String
        package var hint: String?
    }

    package init(_ text: String) throws(Problem) {
        var rest = text[...]
        if rest.hasPrefix("http://") {
            isTLS = false
        } else if rest.hasPrefix("https://") {
            isTLS = true
        } else {
            throw Problem(message: "must start with http:// or https://")
        }
        rest = rest.dropFirst(isTLS ? 8 : 7)
        guard text.utf8.count <= 4000, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Problem(message: "contains what an address cannot contain", hint: "write it as %20, %C3%A9 and so on")
        }
        if rest.contains("#") { throw Problem(message: "has a part behind \"#\", which no server is told") }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        if authority.contains("@") {
            throw Problem(message: "holds a user", hint: "send an Authorization header with \"headers\"")
        }
        path = String(rest[end...])
        if path.isEmpty || path.hasPrefix("?") { path = "/" + path }
        guard let place = Endpoint.split(String(authority), defaultPort: isTLS ? 443 : 80) else {
            throw Problem(message: "names no host, or no port from 1 to 65535")
        }
        (host, port) = place
    }
}

/// `host:port`.
package enum Endpoint {
    package static func split(_ text: String, defaultPort: Int?) -> (host: String, port: Int)? {
        var host = text[...]
        var port = defaultPort
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":") else { return nil }
                port = number(rest.dropFirst())
            }
            guard host.contains(":"), host.utf8.allSatisfy({ isHex($0) || ":.%".utf8.contains($0) }) else { return nil }
        } else {
            if let colon = text.lastIndex(of: ":") {
                host = text[..<colon]
                port = number(text[text.index(after: colon)...])
            }
            guard !host.isEmpty, host.utf8.count <= 255, !host.hasPrefix("-"), host.utf8.allSatisfy(isHostByte) else {
                return nil
            }
        }
        guard let port, (1...65535).contains(port) else { return nil }
        return (String(host), port)
    }

    private static func number(_ text: Substring) -> Int? {
        guard text.utf8.count <= 5, !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return Int(text)
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || "-._".utf8.contains(byte)
    }
}
