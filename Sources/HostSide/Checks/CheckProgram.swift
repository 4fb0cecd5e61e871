import Shell

/// Checks as shell text. What they share is `library`, once per program.
package enum CheckProgram {
    package static var library: String { ProgramFile.checks }

    /// A whole program.
    package static func text(for check: Check) -> String { library + call(for: check) }

    /// One check behind the library. Its status is 0 where all is as wanted, 1 where it is not, and stderr says what
    /// came instead; 3, with `rung none`, where this host has nothing to ask with.
    package static func call(for check: Check) -> String {
        let seconds = check.timeout.inSeconds
        // `sleep` of an old busybox knows whole seconds only.
        let watch = max(1, seconds.wholePart + (seconds.hasFraction ? 1 : 0))
        var lines: [String]
        switch check.target {
        case .command(let command): return call(command, watch)
        case .tcp(let host, let port):
            lines = settings([
                ("place", "\(bracketed(host)):\(port)"), ("host", plain(host)), ("port", String(port)),
            ])
        case .unix(let path): lines = settings([("place", path), ("socket", path)])
        case .http(var http):
            http.host = plain(http.host)
            lines = call(HTTPRequest(http), seconds.text)
        }
        lines += settings([("seconds", seconds.text), ("watch", String(watch))])
        let ladder = check.need?.ladder.map(\.rawValue) ?? []
        lines.append("baton_ask \(ladder.joined(separator: " "))")
        return "(\n\(lines.joined(separator: "\n"))\n)\n"
    }

    /// A program that says whether anything answers, and how fast, without looking at what is in it; nil for a command, which
    /// may be more than somebody wants to run twice a second. Its lines are `baton_ask_twice`'s.
    package static func witness(for check: Check) -> String? {
        guard let ladder = check.need?.ladder else { return nil }
        var check = check
        var ranges: [String] = []
        var twice: [(String, String)] = []
        if case .http(var http) = check.target {
            (http.body, http.version, http.versionHeader, http.answerHeaders) = (nil, nil, nil, [])
            http.host = plain(http.host)
            ranges = http.statuses.map { "\($0.lowerBound)-\($0.upperBound)" }
            twice = [("twice", HTTPRequest(http).twice(seconds: check.timeout.inSeconds.text))]
            check.target = .http(http)
        }
        // The settings of the check without its question.
        var lines = call(for: check).split(separator: "\n").map(String.init)
        guard lines.count > 2, lines.removeLast() == ")", lines.removeLast().hasPrefix("baton_ask") else { return nil }
        lines += settings(twice)
        lines.append("baton_ask_twice \(words(ranges + ["--"] + ladder.map(\.rawValue)))")
        return library + lines.joined(separator: "\n") + "\n)\n"
    }

    /// Which rung was used, from what a call printed; nil where none could do it, or where a command was run.
    package static func rung(in output: [UInt8]) -> CheckRung? {
        line(in: output).flatMap { CheckRung(rawValue: $0) }
    }

    /// Whether nothing on the host could ask: then the controller can, through its connection.
    package static func foundNothing(_ output: [UInt8], status: Int32) -> Bool {
        status == 3 && line(in: output) == "none"
    }

    private static func line(in output: [UInt8]) -> String? {
        let mark = Array("rung ".utf8)
        guard output.last == 10 else { return nil }
        // One line for each time it was tried.
        let line = output.dropLast().suffix(64).split(separator: 10, omittingEmptySubsequences: false).last ?? []
        guard line.count < 64, line.starts(with: mark) else { return nil }
        return String(decoding: line.dropFirst(mark.count), as: UTF8.self)
    }

    // MARK: HTTP

    private static func call(_ request: HTTPRequest, _ seconds: String) -> [String] {
        let check = request.check
        var lines = settings([
            ("place", request.place), ("host", check.host), ("port", String(check.port)),
            ("socket", check.unixSocket ?? ""), ("tls", check.isTLS ? "yes" : ""),
            ("verify", check.verifiesCertificate ? "yes" : ""), ("method", request.method),
        ])
        lines.append("baton_ask_send \(words(request.lines))")
        lines.append("check_config=\(word(request.configuration(seconds: seconds)))")
        lines.append("check_wants() {")
        lines += wants(check).map { "    \($0) || return 1" }
        return lines + ["}"]
    }

    private static func wants(_ check: HTTPCheck) -> [String] {
        let ranges = check.statuses.map { "\($0.lowerBound)-\($0.upperBound)" }
        var wants = ["baton_ask_status \(words([check.statusWords] + ranges))"]
        for header in check.answerHeaders {
            wants.append("baton_ask_header_holds \(words([header.name, pattern(header.name), header.value]))")
        }
        if let version = check.version, let name = check.versionHeader {
            wants.append("baton_ask_header_is \(words([name, pattern(name), version]))")
        }
        for text in [check.body, check.versionHeader == nil ? check.version : nil].compactMap({ $0 }) {
            wants.append("baton_ask_body_holds \(word(text))")
        }
        return wants
    }

    /// What matches a header's name in any case, as `case` reads it.
    private static func pattern(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars where HTTPRequest.isToken(scalar) {
            let (lower, upper) = (scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping)
            if lower != upper {
                result += "[\(upper)\(lower)]"
            } else {
                result += scalar.properties.isAlphabetic || scalar == "-" || scalar == "_" ? "\(scalar)" : "\\\(scalar)"
            }
        }
        return result
    }

    // MARK: Commands

    private static func call(_ command: ShellCommand, _ seconds: Int) -> String {
        var lines: [String] = []
        if let directory = command.directory { lines.append("cd \(word(rooted(directory))) || exit 1") }
        lines += command.environment.filter { isName($0.name) }.map { "export \($0.name)=\(word($0.value))" }
        let run: String
        switch command.body {
        case .line(let line): run = "baton_ask_command \(seconds) sh -c \(word(line))"
        case .words(let argv): run = "baton_ask_command \(seconds) \(words(argv))"
        }
        lines.append(command.input.map { "printf %b \(word(escaped($0))) | \(run)" } ?? "\(run) </dev/null")
        return "(\n\(lines.joined(separator: "\n"))\n)\n"
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.first.map { !(48...57).contains($0) } == true
            && text.unicodeScalars.allSatisfy {
                $0 == "_" || $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
            }
    }

    /// Bytes as `printf %b` reads them.
    private static func escaped(_ bytes: [UInt8]) -> String {
        var result = ""
        for byte in bytes {
            let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\\") || byte == 10
            let octal = String(byte, radix: 8)
            result +=
                isPlain ? String(UnicodeScalar(byte)) : "\\0" + String(repeating: "0", count: 3 - octal.count) + octal
        }
        return result
    }

    // MARK: Words

    /// A directory that `cd` takes for a path and for nothing else.
    private static func rooted(_ path: String) -> String { path.hasPrefix("-") ? "./\(path)" : path }

    private static func settings(_ pairs: [(String, String)]) -> [String] {
        pairs.map { "check_\($0.0)=\(word($0.1))" }
    }

    /// Shells hold no NUL.
    private static func word(_ text: String) -> String { Quoting.word(text.filter { $0 != "\0" }) }
    private static func words(_ texts: [String]) -> String { texts.map(word).joined(separator: " ") }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// A host's name or address and nothing else: it becomes an argument of programs.
    static func plain(_ host: String) -> String {
        let kept = host.unicodeScalars.filter { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", ":", "-", "_", "%": true
            default: false
            }
        }
        return String(kept.drop { $0 == "-" }.map(Character.init))
    }
}

extension HTTPCheck {
    /// `200`, `200-299 or 404`.
    var statusWords: String {
        statuses.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: " or ")
    }
}

/// A length of time as shells and tools take it.
private struct Seconds {
    let milliseconds: Int

    var wholePart: Int { milliseconds / 1000 }
    var hasFraction: Bool { milliseconds % 1000 != 0 }

    var text: String {
        if !hasFraction { return "\(wholePart)" }
        let rest = String(milliseconds % 1000)
        return "\(wholePart)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

extension Duration {
    fileprivate var inSeconds: Seconds {
        let (seconds, rest) = components
        return Seconds(milliseconds: max(1, Int(clamping: seconds) * 1000 + Int(rest / 1_000_000_000_000_000)))
    }
}
