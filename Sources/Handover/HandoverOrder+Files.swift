internal import HostSide
internal import Text

extension HandoverOrder {
    /// A file of the directory of a takeover.
    package struct File: Equatable, Sendable {
        package let name: String
        package let text: String
    }

    /// What lies on the host before anything is armed. The directory is private to who puts it there.
    package func files() throws(HandoverOrderError) -> [File] {
        var files = [
            File(name: "order", text: try text()),
            File(name: "edges", text: edges),
            File(name: "program", text: HandoverProgram.text),
            File(name: "probe.new", text: CheckProgram.text(for: question(newVersion))),
            File(name: "probe.old", text: CheckProgram.text(for: question(oldVersion))),
            File(name: "probe.any", text: CheckProgram.text(for: question(nil))),
        ]
        if let witness = CheckProgram.witness(for: question(nil)) {
            files.append(File(name: "probe.witness", text: witness))
        }
        if let start { files.append(File(name: "start", text: start.hasSuffix("\n") ? start : start + "\n")) }
        return files
    }

    /// The check that asks for a release; a command asks by itself.
    private func question(_ version: String?) -> Check {
        guard case .http(var http) = check.target else { return check }
        http.version = version
        if version == nil { http.versionHeader = nil }
        var check = check
        check.target = .http(http)
        return check
    }

    // MARK: The order

    /// `KEY VALUE` lines. A line cannot hold a line end, so no value can become a key.
    func text() throws(HandoverOrderError) -> String {
        try validate()
        var lines: [(String, String)] = [
            ("nonce", nonce), ("profile", profile.name), ("old", "\(old.pid) \(old.start) \(old.boot)"),
            ("uid", String(uid)), ("gid", String(gid)), ("user", user), ("command", profile.command),
            ("pidfile", pidFile),
            ("side", sidePidFile), ("side_holds", profile.sideHolds.rawValue),
            ("want", String(newWorkers)), ("want_old", String(oldWorkers)), ("count", exactWorkers ? "exact" : "least"),
            ("stable", String(stable.hundredths)), ("probes", String(probes)),
            ("interval", String(interval.hundredths)),
            ("fork", String(profile.forkSeconds)), ("deaths", String(deaths)), ("epoch", String(epoch)),
            ("lost", lost.rawValue), ("glimpse", profile.mustAnswerFirst ? "must" : "may"),
            ("upgrade", profile.upgrade.rawValue), ("drain", profile.drain?.rawValue ?? ""),
            ("final", profile.finalStop.rawValue), ("revive", profile.revive?.rawValue ?? ""),
            ("revive_when", profile.revival.rawValue), ("raise", profile.raise?.rawValue ?? ""),
            ("new_stop", profile.newStop.map(\.rawValue).joined(separator: " ")),
            ("kill_removes_base", profile.killRemovesPidFile ? "yes" : "no"),
            ("worker_title", profile.workerTitle ?? ""), ("draining_title", profile.drainingTitle ?? ""),
            ("directory", directory ?? ""), ("executable", executable ?? ""),
        ]
        if let unit { lines.append(("unit", unit)) }
        if let oldRelease { lines.append(("frozen", oldRelease)) }
        lines += logs.map { ("log", $0) }
        lines += flips.map { ("flip", [$0.kind.rawValue, $0.path, $0.new, $0.old].joined(separator: "\t")) }
        return lines.map { "\($0.0) \($0.1)\n" }.joined()
    }

    private func validate() throws(HandoverOrderError) {
        guard (16...64).contains(nonce.utf8.count), nonce.utf8.allSatisfy({ Self.isHex($0) }) else {
            throw HandoverOrderError("the nonce of a takeover is 16 to 64 hexadecimal digits")
        }
        guard old.pid > 1, old.boot.utf8.allSatisfy({ Self.isHex($0) || $0 == 45 || $0 == 46 }), !old.boot.isEmpty
        else {
            throw HandoverOrderError("the old master \(old.pid) of boot \(Printable.quoted(old.boot)) is no process")
        }
        guard profile.newStop.count == 2 else {
            throw HandoverOrderError("profile \(profile.name) needs two signals that stop a new master")
        }
        guard !profile.command.isEmpty else {
            throw HandoverOrderError("profile \(profile.name) does not say what the master's command line holds")
        }
        for (name, count) in [("workers of the old master", oldWorkers), ("workers of the new one", newWorkers)] {
            guard (1...10_000).contains(count) else { throw HandoverOrderError("\(count) \(name): 1 to 10000") }
        }
        guard (1...1000).contains(probes), interval >= .zero, stable >= .zero, stable <= .seconds(3600) else {
            throw HandoverOrderError("probes are 1 to 1000, and what is stable is so within an hour")
        }
        for path in [pidFile] + flips.map(\.path) + logs + [directory, executable, oldRelease].compactMap({ $0 })
        where !path.hasPrefix("/") {
            throw HandoverOrderError("\(Printable.quoted(path)) is not an absolute path")
        }
        for flip in flips where flip.new.isEmpty || flip.old.isEmpty || flip.new == flip.old {
            throw HandoverOrderError("the two ends of \(Printable.quoted(flip.path)) are the same, or nothing")
        }
        // A link's end must not look like an option to whoever reads the commands for people.
        let values =
            [
                user, pidFile, profile.name, profile.command, profile.workerTitle, profile.drainingTitle, directory,
                executable, oldRelease, unit,
            ]
            .compactMap { $0 } + logs + flips.flatMap { [$0.path, $0.new, $0.old] }
        for value in values where value.utf8.contains(where: { $0 < 32 || $0 == 127 }) || value.utf8.count > 4096 {
            throw HandoverOrderError("\(Printable.quoted(value)) has a control character, or is too long")
        }
        guard user.utf8.allSatisfy({ Self.isName($0) }), !user.isEmpty, user.utf8.first != 45 else {
            throw HandoverOrderError("\(Printable.quoted(user)) is no user name")
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }

    private static func isName(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte)
            || [45, 46, 95].contains(byte)
    }

    // MARK: The table

    /// The table with this order's numbers and decisions in it, an edge a line.
    var edges: String {
        HandoverTable.edges.map { edge in
            let words = [
                edge.state.rawValue, edge.action.rawValue, edge.predicate.rawValue, String(seconds(edge.limit)),
                state(edge.next).rawValue, state(edge.fail).rawValue, edge.lost.rawValue,
            ]
            return words.joined(separator: " ") + "\n"
        }.joined()
    }

    func seconds(_ limit: HandoverEdge.Limit) -> Int {
        switch limit {
        case .seconds(let count): count
        case .boot: profile.bootSeconds
        case .drain: profile.drainSeconds
        case .soak: soakSeconds
        case .confirm: confirmSeconds
        case .stop: profile.stopSeconds
        }
    }

    private func state(_ next: HandoverEdge.Next) -> HandoverEdge.State {
        switch next {
        case .to(let state): state
        case .drainOrMixed: profile.drain == nil ? .mixed : .seen
        case .ignoredDrain: profile.ignoredDrain == .skip ? .mixed : .failing
        case .overrun:
            switch overrun {
            case .wait: .draining
            case .proceed: .mixed
            case .rollback: .failing
            }
        }
    }
}

extension Duration {
    /// As the host counts.
    fileprivate var hundredths: Int64 {
        let (seconds, rest) = components
        return seconds * 100 + rest / 10_000_000_000_000_000
    }
}
