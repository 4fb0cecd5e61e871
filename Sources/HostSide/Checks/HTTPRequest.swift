/// The request of a check, in the forms in which it is sent. Whatever would end a line early is left out; `problem` says
/// beforehand what is wrong with it.
struct HTTPRequest {
    let check: HTTPCheck

    init(_ check: HTTPCheck) { self.check = check }

    /// Without the line breaks. HTTP/1.1 because some servers refuse 1.0; its answers may then come in chunks.
    var lines: [String] {
        ["\(method) \(path) HTTP/1.1"] + headers.map { "\($0.name): \($0.value)" }
    }

    var bytes: [UInt8] { Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) }

    /// The same for `curl --config`: what it prints is the answer as it came.
    func configuration(seconds: String) -> String {
        var lines = ["url = \(Self.quoted(url))"]
        switch method {
        case "HEAD": lines.append("head")
        case "GET": break
        default: lines.append("request = \(Self.quoted(method))")
        }
        lines += ["include", "raw", "http1.1", "globoff", "path-as-is", "noproxy = \"*\"", "max-time = \(seconds)"]
        if let socket = check.unixSocket { lines.append("unix-socket = \(Self.quoted(socket))") }
        if check.isTLS, !check.verifiesCertificate { lines.append("insecure") }
        for header in headers {
            // An empty value is spelled so; with a colon it would mean: not at all.
            let text = header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
            lines.append("header = \(Self.quoted(text))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Two questions in one call of curl, the second over the connection of the first if the server keeps it.
    func twice(seconds: String) -> String {
        let left = configuration(seconds: seconds).split(separator: "\n").filter { line in
            // Bodies say nothing here.
            !line.hasPrefix("url = ") && line != "include" && line != "raw" && line != "header = \"Connection: close\""
        }
        let ask = "url = \(Self.quoted(url))\noutput = \"/dev/null\"\n"
        let more = [
            "dump-header = \"-\"",
            "write-out = \"\\nbaton %{http_code} %{num_connects} %{time_total}\\n\"",
        ]
        return ask + ask + (left.map(String.init) + more).joined(separator: "\n") + "\n"
    }

    /// For people, without the query.
    var place: String {
        let shown = "\(scheme)://\(authority)\(path.prefix { $0 != "?" })"
        return check.unixSocket.map { "\(shown) through \($0)" } ?? shown
    }

    var method: String {
        let word = String(check.method.unicodeScalars.filter(Self.isToken).map(Character.init))
        return word.isEmpty ? "GET" : word.uppercased()
    }

    private var scheme: String { check.isTLS ? "https" : "http" }
    private var url: String { "\(scheme)://\(Self.bracketed(check.host)):\(check.port)\(path)" }

    private var authority: String {
        let host = Self.bracketed(check.host)
        return check.port == (check.isTLS ? 443 : 80) || check.unixSocket != nil ? host : "\(host):\(check.port)"
    }

    private var path: String {
        var result = check.path.hasPrefix("/") ? "" : "/"
        for byte in check.path.utf8 {
            if byte == UInt8(ascii: "#") { break }
            let isPlain = (0x21...0x7E).contains(byte)
            result += isPlain ? String(UnicodeScalar(byte)) : "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
        }
        return result
    }

    /// The user's own win.
    private var headers: [(name: String, value: String)] {
        let own = check.headers.map { (name: Self.name($0.name), value: Self.value($0.value)) }
            .filter { !$0.name.isEmpty }
        var usual = [("Host", authority), ("User-Agent", "baton"), ("Accept", "*/*"), ("Connection", "close")]
        if !["GET", "HEAD", "OPTIONS", "DELETE"].contains(method) { usual.append(("Content-Length", "0")) }
        let left = usual.filter { name, _ in !own.contains { $0.name.lowercased() == name.lowercased() } }
        return left.map { (name: $0.0, value: $0.1) } + own
    }

    private static func name(_ text: String) -> String {
        String(text.unicodeScalars.filter(isToken).map(Character.init))
    }

    private static func value(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }.map(Character.init))
    }

    static func isToken(_ scalar: UnicodeScalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", ".", "^", "_", "`", "|", "~": true
        default: false
        }
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// As curl's configuration reads it.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Check {
    /// Why it cannot be asked as it is written; nil if it can.
    package var problem: String? {
        switch target {
        case .command: return nil
        case .unix(let path): return Self.problem(withSocket: path)
        case .tcp(let host, let port): return Self.problem(withHost: host, port)
        case .http(let check):
            if let socket = check.unixSocket, let problem = Self.problem(withSocket: socket) { return problem }
            if let problem = Self.problem(withHost: check.host, check.port) { return problem }
            if check.method.isEmpty || !check.method.unicodeScalars.allSatisfy(HTTPRequest.isToken) {
                return "the method '\(check.method)' is not a word"
            }
            for header in check.headers + check.answerHeaders {
                let isName = !header.name.isEmpty && header.name.unicodeScalars.allSatisfy(HTTPRequest.isToken)
                if !isName { return "'\(header.name)' cannot be the name of a header" }
            }
            // What it is may be a secret: it is not shown.
            for header in check.headers
            where header.value.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) {
                return "the value of the header \(header.name) has a control character, such as a line break"
            }
            return nil
        }
    }

    private static func problem(withSocket path: String) -> String? {
        if path.utf8.contains(0) || path.utf8.count > 107 { return "a unix socket's path has at most 107 bytes" }
        return path.hasPrefix("/") ? nil : "the unix socket \(path) is not an absolute path"
    }

    private static func problem(withHost host: String, _ port: Int) -> String? {
        if !(1...65535).contains(port) { return "there is no port \(port)" }
        return host.isEmpty || host != CheckProgram.plain(host) ? "'\(host)' is not the name or address of a host" : nil
    }
}
