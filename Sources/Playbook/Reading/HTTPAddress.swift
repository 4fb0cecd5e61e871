import Document
import HostSide
import Text

/// `http://host:port/path?query`, taken apart.
struct HTTPAddress: Equatable {
    var isTLS: Bool
    var host: String
    var port: Int
    var path: String

    /// Why a text is none.
    struct Problem: Error {
        var message: String
        var hint: String?
    }

    init(_ text: String) throws(Problem) {
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
enum Endpoint {
    static func split(_ text: String, defaultPort: Int?) -> (host: String, port: Int)? {
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

extension Reading {
    func address() throws(DocumentError) -> HTTPAddress {
        let text = try text(expected: "an address like http://127.0.0.1:8000/healthz")
        do throws(HTTPAddress.Problem) {
            return try HTTPAddress(text)
        } catch {
            throw failure("\(label) \(error.message)", hint: error.hint)
        }
    }

    func endpoint() throws(DocumentError) -> (host: String, port: Int) {
        let text = try text(expected: "host:port, or a port")
        if let port = Int(text), (1...65535).contains(port) { return ("127.0.0.1", port) }
        guard let place = Endpoint.split(text, defaultPort: nil) else { throw wrong("host:port, or a port") }
        return place
    }

    func statuses() throws(DocumentError) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for item in items() {
            let expected = "a status like 200, or a range of them like 200-399"
            let bounds = try item.text(expected: expected).split(separator: "-", omittingEmptySubsequences: false)
            let numbers = bounds.compactMap { Int($0) }
            guard numbers.count == bounds.count, let low = numbers.first, let high = numbers.last, numbers.count <= 2,
                low >= 100, high <= 599, low <= high
            else { throw item.wrong(expected) }
            ranges.append(low...high)
        }
        if ranges.isEmpty { throw wrong("a status, or a list of them") }
        return ranges
    }

    func headers() throws(DocumentError) -> [ShellCommand.Setting] {
        var settings: [ShellCommand.Setting] = []
        for (name, value) in try pairs() {
            let name = try Reading.headerName(name, self)
            let text = try value.word()
            if text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
                throw value.failure("\(value.label) contains a line end or a control character")
            }
            settings.append(ShellCommand.Setting(name: name, value: text))
        }
        return settings
    }

    func headerName() throws(DocumentError) -> String { try Reading.headerName(try text(), self) }

    static func headerName(_ name: String, _ reading: Reading) throws(DocumentError) -> String {
        let isToken = name.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        guard isToken, !name.isEmpty, name.utf8.count <= 200 else {
            throw reading.failure("\(Printable.quoted(name)) is no name of a header")
        }
        return name
    }
}
