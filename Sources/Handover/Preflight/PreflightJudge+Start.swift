internal import Supervision
internal import Text

/// What a server that starts itself again would be: it keeps interpreter, arguments, environment, limits and sockets.
extension PreflightJudge {
    /// The release that a path lies in, if its way leads into one rather than through `current`.
    private func release(of path: String) -> String? {
        for root in [seen.root, wish.root].compactMap({ $0 }) where path.hasPrefix("\(root)/releases/") {
            return path.dropFirst(root.count + "/releases/".count).split(separator: "/").first.map(String.init)
        }
        return nil
    }

    func start() -> [Finding] {
        guard let master = seen.master else { return [] }
        let server = seen.server
        var found: [Finding] = []
        if master.isDirectoryDeleted, server != .nginx {
            let path = Printable.line(master.directory)
            found.append(Finding(.directoryDeleted, "the directory of process \(master.pid) is deleted: \(path)"))
        }
        let program = interpreter(master, server)
        if master.canStart == false {
            found.append(
                Finding(.interpreterMissing, "what it starts itself again with is missing: \(Printable.line(program))")
            )
        }
        if server == .nginx, let first = settings.words.first, !first.hasPrefix("/") {
            found.append(Finding(.relativeProgram, "nginx was started as \(Printable.quoted(first))"))
        }
        if wish.root != nil { found += frozen(master, server, program) }
        return found
    }

    private func interpreter(_ master: HandoverSighting.Process, _ server: HandoverServer?) -> String {
        if server == .nginx { return settings.words.first ?? "" }
        if !master.isTitled, let first = master.arguments.first { return first }
        // unicorn goes by its script's first line, and has no file of its own in memory that says by which way.
        return server == .unicorn ? "" : seen.version?.interpreter ?? master.executable
    }

    private func frozen(
        _ master: HandoverSighting.Process,
        _ server: HandoverServer?,
        _ program: String
    ) -> [Finding] {
        var found: [Finding] = []
        if let id = release(of: program) {
            let text = "its interpreter \(Printable.line(program)) lies in release \(Printable.line(id))"
            found.append(Finding(.frozenInterpreter, text))
        }
        for word in settings.words where word != program {
            let path = word.split(separator: "=", maxSplits: 1).last.map(String.init) ?? word
            guard let id = release(of: path) else { continue }
            let text = "its argument \(Printable.line(word)) names release \(Printable.line(id))"
            found.append(Finding(.frozenStart, text))
            break
        }
        if let finding = directory(master, server) { found.append(finding) }
        if server != .nginx, found.isEmpty, settings.preloads != true {
            let certain = settings.preloads == nil ? "unless it preloads, " : ""
            let text = "\(certain)a worker that is replaced under the old master after the flip loads the new release"
            found.append(Finding(.notPinned, text))
        }
        return found
    }

    /// gunicorn and unicorn begin again where PWD led when they began, else where they are; a directory of the configuration
    /// wins.
    private func directory(_ master: HandoverSighting.Process, _ server: HandoverServer?) -> Finding? {
        guard server != .nginx, !master.isDirectoryDeleted, let id = release(of: master.directory) else { return nil }
        if settings.directory.map({ release(of: $0) == nil }) == true { return nil }
        let path = Printable.line(master.directory)
        guard seen.isEnvironmentKnown else {
            let text = "it begins again in \(path), unless its PWD led through current, which cannot be seen"
            return Finding(.frozenStart, text, weight: .warns)
        }
        if let pwd = seen.workingPath, seen.workingReal == master.directory, release(of: pwd) == nil { return nil }
        return Finding(.frozenStart, "it begins again in \(path), which is release \(Printable.line(id))")
    }

    func options() -> [Finding] {
        guard let server = seen.server, seen.master != nil else { return [] }
        var found: [Finding] = []
        if server == .gunicorn, let source = settings.reusesPort {
            found.append(Finding(.reusePort, "reuse_port is set: \(Printable.line(source))"))
        }
        for configuration in [seen.configuration, seen.newConfiguration].compactMap({ $0 }) {
            guard server != .nginx, let line = ServerSettings.hook(in: configuration.lines) else { continue }
            let text = "\(Printable.line(configuration.path)) stops the old master: \(Printable.line(line, limit: 80))"
            found.append(Finding(.hookKills, text))
            break
        }
        if isForeground == true {
            switch server {
            case .nginx: found.append(Finding(.foreground, "nginx runs in the foreground and ignores USR2"))
            case .gunicorn:
                found.append(
                    Finding(.noDrain, "gunicorn runs in the foreground and ignores WINCH: the drain is skipped")
                )
            case .unicorn: break
            }
        }
        return found
    }

    func differences() -> [Finding] {
        guard let master = seen.master else { return [] }
        var changes = wish.changes
        if let server = seen.server,
            let change = settings.difference(from: wish.command, server, isTitled: master.isTitled)
        {
            changes.append(change)
        }
        if seen.isEnvironmentKnown {
            let names = (seen.differentVariables + seen.missingVariables).map { Printable.line($0, limit: 60) }
            if !names.isEmpty { changes.append("environment: \(names.prefix(5).joined(separator: ", "))") }
        }
        for limit in wish.limits {
            guard let has = seen.limits[limit.resource.rawValue] else { continue }
            let wanted = limit.value.map(String.init) ?? "unlimited"
            if has.soft != wanted {
                changes.append(
                    "limits.\(limit.resource.rawValue): \(Printable.line(has.soft, limit: 20)) instead of \(wanted)"
                )
            }
        }
        if let account = seen.account, account.uid != master.uid {
            changes.append("user: \(master.uid) instead of \(account.uid)")
        }
        var found: [Finding] = []
        if !changes.isEmpty {
            let text = "what it was born with differs: \(changes.joined(separator: "; "))"
            found.append(Finding(.definitionChanged, text))
        }
        if let listen = wish.listen, !seen.listening.isEmpty, !seen.listening.contains(where: { $0.serves(listen) }) {
            found.append(Finding(.listenChanged, "it does not listen at \(listen.text)"))
        }
        return found
    }

    func trial() -> [Finding] {
        switch seen.trial {
        case .notWanted: return []
        case .none(let why): return [Finding(.trialMissing, "the new release's configuration was not checked: \(why)")]
        case .ran(0, _, _): return []
        case .ran(let status, let command, let said):
            let end =
                status == 124 || status == 137 || status == 143 ? "did not end in time" : "ended with status \(status)"
            let last = said.last { !$0.allSatisfy { $0 == " " } }.map { ": \(Printable.line($0, limit: 200))" } ?? ""
            return [Finding(.trialFailed, "\(Printable.line(command, limit: 120)) \(end)\(last)")]
        }
    }

    func health() -> [Finding] {
        guard seen.master != nil else { return [] }
        if !wish.hasHealth { return [Finding(.noHealth, "the definition has no health check")] + marker }
        return marker
    }

    private var marker: [Finding] {
        guard !wish.hasMarker else { return [] }
        if isForeground == true, seen.server == .gunicorn {
            return [Finding(.noMarker, "without a drain only an answer that names its release proves the new one")]
        }
        return [
            Finding(
                .noMarker,
                "the health check does not tell releases apart: proof comes behind the drain",
                weight: .warns
            )
        ]
    }
}

extension Address {
    var text: String {
        switch self {
        case .port(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }

    /// Whether whoever wants that one finds this one.
    func serves(_ other: Address) -> Bool {
        switch (self, other) {
        case (.socket(let own), .socket(let wanted)): own == wanted
        case (.port(let host, let port), .port(let wanted, let number)):
            port == number
                && (["0.0.0.0", "::"].contains(host) || host == wanted
                    || !wanted.utf8.allSatisfy { Self.isOfNumber($0) })
        default: false
        }
    }

    /// A name may be any address.
    private static func isOfNumber(_ byte: UInt8) -> Bool {
        (48...58).contains(byte) || byte == 46 || (97...102).contains(byte | 32)
    }
}
