internal import Supervision
internal import Text

/// Who runs, and what names them.
extension PreflightJudge {
    func pidFiles() -> [Finding] {
        guard let path = wish.handover.pidfile else {
            return [Finding(.noPidFile, "the definition names no pid file")]
        }
        guard let master = seen.master else { return [] }
        let name = Printable.line(path)
        switch seen.pidFile {
        case .names(let pid, .alive) where pid == master.pid: return []
        case .names(let pid, let life):
            let who = "process \(pid), which \(life.words)"
            return [Finding(.wrongPidFile, "\(name) names \(who), and the master is \(master.pid)")]
        case .missing: return [Finding(.wrongPidFile, "\(name) is missing, and the master is \(master.pid)")]
        case .empty: return [Finding(.wrongPidFile, "\(name) is empty")]
        case .strange: return [Finding(.wrongPidFile, "\(name) holds no process's number")]
        case .link: return [Finding(.wrongPidFile, "\(name) is a link, which is not followed")]
        }
    }

    /// The second master, if one lives: a child that is the same server and another program by now.
    var second: HandoverSighting.Other? {
        guard let profile, let master = seen.master else { return nil }
        if let child = seen.others.first(where: { $0.title.contains(profile.command) }) { return child }
        let side = profile.sideHolds == .new ? seen.sides[profile.sideSuffix]?.alive : seen.pidFile.alive
        guard let side, side != master.pid, seen.others.contains(where: { $0.pid == side }) else { return nil }
        return HandoverSighting.Other(pid: side, title: "")
    }

    func generations() -> [Finding] {
        guard let master = seen.master, let profile else { return [] }
        if let second {
            let text = "process \(second.pid) is a second master beside \(master.pid)"
            let stop = profile.newStop.first?.rawValue ?? "TERM"
            let remedy =
                "\(PreflightTrap.secondGeneration.remedy); or kill -\(stop) \(second.pid) to go back, "
                + "kill -\(profile.finalStop.rawValue) \(master.pid) to go on"
            return [Finding(.secondGeneration, text, remedy: remedy)]
        }
        var found: [Finding] = []
        if let path = wish.handover.pidfile {
            // Also those of other versions: whoever left them.
            for (suffix, file) in seen.sides.sorted(by: { $0.key < $1.key }) {
                let name = Printable.line(path + suffix)
                let isOurs = suffix == profile.sideSuffix
                switch file {
                case .missing: break
                case .names(let pid, _) where pid == master.pid: break
                case .names(let pid, .dead):
                    found.append(Finding(.staleSidePidFile, "\(name) names process \(pid), which is gone"))
                case .names(let pid, let life):
                    let text = "\(name) names process \(pid), which \(life.words) and is no second master"
                    found.append(Finding(.sidePidFile, text, weight: isOurs ? nil : .warns))
                case .empty, .strange, .link:
                    found.append(
                        Finding(.sidePidFile, "\(name) is not a pid file of this server", weight: isOurs ? nil : .warns)
                    )
                }
            }
        }
        if workers.isEmpty { found.append(Finding(.noWorkers, "the master \(master.pid) has no workers")) }
        return found
    }

    /// Its workers, by their title where the server has other children too.
    var workers: [HandoverSighting.Child] { HandoverPlan.workers(seen, profile) }

    func master() -> [Finding] {
        guard let master = seen.master else { return [Finding(.nobody, "no main process runs")] }
        var found: [Finding] = []
        if master.directory.isEmpty || master.executable.isEmpty {
            found.append(Finding(.unseen, "the directory and the program of process \(master.pid) may not be seen"))
        }
        return found
    }

    func memory() -> [Finding] {
        guard let master = seen.master, let own = master.memory else { return [] }
        // The second generation is like the first.
        let need = own + seen.children.map(\.memory).reduce(0, +)
        var places: [(left: Int, name: String)] = []
        if let left = seen.memoryLeft { places.append((left, "the host")) }
        places += seen.groups.map { (left: $0.left / 1024, name: $0.path) }
        if let unit = seen.unit, let limit = seen.properties["MemoryMax"].flatMap({ Int($0) }), seen.groups.isEmpty {
            // Where nobody counts, what its processes have is what it has.
            let used = seen.properties["MemoryCurrent"].flatMap { Int($0) } ?? need * 1024
            places.append((max(0, limit - used) / 1024, "\(unit) below MemoryMax="))
        }
        guard let tightest = places.min(by: { $0.left < $1.left }), tightest.left < need + need / 10 else { return [] }
        let text = "both generations need \(Self.megabytes(need)) more, and \(Printable.line(tightest.name)) has "
        return [Finding(.memory, text + "\(Self.megabytes(tightest.left)) left")]
    }

    private static func megabytes(_ kilobytes: Int) -> String { "\((kilobytes + 1023) / 1024) MB" }
}

extension HandoverSighting.PidFile.Life {
    fileprivate var words: String {
        switch self {
        case .alive: "lives"
        case .zombie: "has ended and was not waited for"
        case .dead: "is gone"
        }
    }
}
