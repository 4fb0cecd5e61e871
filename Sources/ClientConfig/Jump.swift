import Text

/// One host on the way to another.
package struct JumpHop: Sendable, Equatable {
    package var user: String?
    package var host: String
    package var port: Int?

    package init(user: String? = nil, host: String, port: Int? = nil) {
        self.user = user
        self.host = host
        self.port = port
    }
}

/// The value of ProxyJump: hosts with commas between them, or `none`.
enum Jump {
    /// Nil where the text is no such list.
    static func hops(in text: String) -> [JumpHop]? {
        var hops: [JumpHop] = []
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let hop = hop(in: Array(part)) else { return nil }
            hops.append(hop)
        }
        return hops
    }

    private static let scheme = Array("ssh://".utf8)

    private static func hop(in bytes: [UInt8]) -> JumpHop? {
        guard bytes.starts(with: scheme) else { return hop(inPlain: bytes[...]) }
        var rest = bytes.dropFirst(scheme.count)
        var user: String?
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            // What follows a semicolon are parameters that nobody defined.
            guard let name = decoded(rest[..<at].prefix { $0 != UInt8(ascii: ";") }), !name.isEmpty else { return nil }
            user = name
            rest = rest[(at + 1)...]
        }
        // A URI may end in a slash, but a path has no meaning here.
        if rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        guard var hop = hop(inPlain: rest), hop.user == nil, isDomain(hop.host) else { return nil }
        hop.user = user
        return hop
    }

    /// `[user@]host[:port]`, an address of version 6 in brackets.
    private static func hop(inPlain bytes: ArraySlice<UInt8>) -> JumpHop? {
        var rest = bytes
        var user: String?
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            guard at > rest.startIndex else { return nil }
            user = String(decoding: rest[..<at], as: UTF8.self)
            rest = rest[(at + 1)...]
        }
        let host: ArraySlice<UInt8>
        if rest.first == UInt8(ascii: "[") {
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = rest[(rest.startIndex + 1)..<close]
            rest = rest[(close + 1)...]
        } else {
            host = rest.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") }
            rest = rest[host.endIndex...]
        }
        guard !host.isEmpty else { return nil }
        var port: Int?
        if let colon = rest.first {
            guard colon == UInt8(ascii: ":") else { return nil }
            let digits = rest.dropFirst()
            if !digits.isEmpty {
                guard let number = Numbers.port(String(decoding: digits, as: UTF8.self)) else { return nil }
                port = number
            }
        }
        return JumpHop(user: user, host: String(decoding: host, as: UTF8.self), port: port)
    }

    private static func isDomain(_ host: String) -> Bool {
        // OpenSSH takes no address of version 6 in a URI; there is no harm in one.
        guard let first = host.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: ".") else { return false }
        let isLegal: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: ":"):
                true
            default: false
            }
        }
        return host.utf8.allSatisfy(isLegal) && !host.contains("..")
    }

    /// Percent signs with two digits, and `+` for a blank.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
                else { return nil }
                result.append(high << 4 | low)
                index += 2
            default: result.append(bytes[index])
            }
            index += 1
        }
        return String(validating: result)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
