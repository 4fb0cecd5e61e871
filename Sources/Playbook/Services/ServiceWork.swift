package import Document
import Events
package import HostSide
package import Supervision

/// A service of the project as it is to be on a host. Which supervisor the host has shows only there, so the files of all
/// that its definition allows are looked at together.
package struct ServiceWork: Work {
    let definition: ServiceDefinition
    let state: WantedState
    let look: ServiceLook
    /// The files of all renderings that the definition allows.
    package let pathLooks: [Look]

    package init(
        _ definition: ServiceDefinition,
        _ state: WantedState = .started
    ) throws(DocumentError) {
        self.definition = definition
        self.state = state
        let allowed: [Supervisor]
        switch definition.supervisor {
        // Never none by itself: who finds no supervisor is to say that it may do without one.
        case .automatic: allowed = Supervisor.supervising
        case .oneOf(let supervisors): allowed = supervisors
        case .named(let supervisor): allowed = [supervisor]
        }
        var place: String?
        var looks: [Look] = []
        var (paths, files): (Set<String>, Set<String>) = ([], [])
        var refused: DocumentError?
        for supervisor in allowed {
            do throws(DocumentError) {
                for version in [supervisor.usualVersion, supervisor.oldestVersion] {
                    let rendering: Rendering
                    do throws(DocumentError) {
                        rendering = try definition.rendered(for: version)
                    } catch {
                        if version == supervisor.usualVersion { throw error }
                        continue
                    }
                    place = place ?? rendering.place
                    files.formUnion(rendering.files.filter { !$0.isKept }.map(\.path) + rendering.links.map(\.path))
                    for look in rendering.looks where paths.insert(look.subject).inserted { looks.append(look.look) }
                }
            } catch {
                refused = refused ?? error
            }
        }
        // What no supervisor can do is no matter of the host.
        if looks.isEmpty, let refused { throw refused }
        pathLooks = looks
        look = ServiceLook(.service(definition.name), paths: files.sorted(), place: place)
    }

    package var looks: [Look] { [look.look] + pathLooks + owners.flatMap(\.looks) }

    /// Whose it is, and whose its files are.
    private var owners: [Ownership] {
        [Ownership(user: definition.user, group: definition.group)]
            + definition.files.map { Ownership(user: $0.owner.user, group: $0.owner.group) }
    }

    /// What the definition would fail on: accounts that are not there, and no place for its files.
    private func obstacles(_ rendering: Rendering, _ comparison: DefinitionComparison, _ seen: Sightings) -> [Obstacle]
    {
        var obstacles: [Obstacle] = []
        for obstacle in owners.flatMap({ $0.obstacles(seen) }) where !obstacles.contains(obstacle) {
            obstacles.append(obstacle)
        }
        for file in rendering.files where rendering.isConfiguration(file.path) && comparison.changed.contains(file.path)
        {
            guard case .path(let state)? = seen[file.look] else { continue }
            let isMade = rendering.directories.contains { file.path.hasPrefix($0.path + "/") }
            obstacles += Obstacle.place(state.place, of: file.path, makesDirectories: isMade)
        }
        return obstacles
    }

    package var written: [String] {
        let renderings = Supervisor.allCases.map { supervisor in
            (try? definition.rendered(for: supervisor.usualVersion)).map { "\($0)" } ?? ""
        }
        return [definition.name, state.rawValue] + renderings
    }

    /// Everything but what is in files of secrets, and the sums of what processes are born with.
    package var writtenOpenly: [String] {
        var words = [definition.name, state.rawValue, "\(definition.startsAtBoot)", "\(definition.adopts)"]
        for supervisor in Supervisor.allCases {
            guard let rendering = try? definition.rendered(for: supervisor.usualVersion) else { continue }
            words.append(supervisor.rawValue)
            words += rendering.directories.map { "\($0.path) \($0.mode) \($0.owner)" }
            words += rendering.files.map { file in
                let sum = file.isSecret || file.isBirth ? "secret" : file.sum
                return "\(file.path) \(file.mode) \(file.owner) \(sum)"
            }
            words += rendering.links.map { "\($0.path) -> \($0.target)" }
        }
        return words
    }

    /// Each member has its time, and some more for being seen to come true.
    package var usualTimeout: Duration? {
        let times = ServiceSighting.Times(start: definition.startSeconds, stop: definition.stopSeconds, boot: 60)
        return .seconds(max(definition.instances.count, 1) * times.member)
    }

    package var aftermath: Look? { state == .stopped ? nil : look.look }

    package func isDown(_ seen: Sighting?) -> Bool { look.isDown(seen) }

    package func decide(_ seen: Sightings) -> Decision {
        let found: ServiceSighting
        do throws(ServiceLookError) {
            found = try look.read(seen[look.look])
        } catch {
            return .unlooked(definition.name, error.description)
        }
        return decide(found, seen)
    }

    /// With what the host says of the service and its supervisors.
    func decide(_ found: ServiceSighting, _ seen: Sightings) -> Decision {
        if let problem = problem(found) { return .impossible(problem) }
        let rendering: Rendering
        switch self.rendering(found) {
        case .success(let own): rendering = own
        case .failure(let refusal): return .impossible(refusal.problem)
        }
        let comparison = DefinitionComparison(rendering, seen)
        if let problem = comparison.problem { return .impossible(problem) }
        let isAlone = rendering.supervisor.supervisor == .alone
        var words = comparison.words
        if let old = found.manifest?.supervisor, old != rendering.supervisor.supervisor {
            words.append("from \(old.title) to \(rendering.supervisor.supervisor.title)")
        }
        words += members(rendering, found, comparison)
        if let isEnabled = found.isEnabled, isEnabled != definition.startsAtBoot {
            words.append(definition.startsAtBoot ? "enable" : "disable")
        }
        if words.isEmpty { return .none(note: found.members.isEmpty ? nil : found.summary) }
        let own = ServiceChange(
            service: definition.name,
            rendering: rendering,
            expected: comparison.expectations,
            state: state,
            isEnabled: isAlone ? nil : definition.startsAtBoot,
            adopts: definition.adopts
        )
        var change = Change(ServicePrograms.apply(own), words: words, paths: comparison.changed)
        change.service = own
        change.differences = comparison.differences
        // What is there already stops as its own definition says.
        if let old = found.timeout, let own = usualTimeout { change.timeout = own + old }
        change.obstacles = obstacles(rendering, comparison, seen)
        return .change(change)
    }

    /// What differs on a host, but for what is secret: nobody has to know it for that.
    package func drift(_ found: ServiceSighting, _ seen: Sightings) -> [String] {
        var rendering: Rendering
        switch self.rendering(found) {
        case .success(let own): rendering = own
        case .failure(let refusal): return [refusal.problem.message]
        }
        rendering.files.removeAll { $0.isSecret || $0.isBirth || $0.isKept }
        let comparison = DefinitionComparison(rendering, seen)
        var words = comparison.words
        if let problem = comparison.problem { words.append(problem.message) }
        if let old = found.manifest?.supervisor, old != rendering.supervisor.supervisor {
            words.append("\(old.title), not \(rendering.supervisor.supervisor.title)")
        }
        if let isEnabled = found.isEnabled, isEnabled != definition.startsAtBoot {
            words.append(isEnabled ? "starts with the host" : "does not start with the host")
        }
        return words
    }

    // MARK: What the host has

    private func problem(_ found: ServiceSighting) -> HostResult.Problem? {
        if let who = found.busy {
            return HostResult.Problem(
                kind: "locked",
                message: "the service \(definition.name) is being changed: \(who)",
                hint: "wait for that, and run again"
            )
        }
        if let first = found.foreign.first, !definition.adopts {
            let more = found.foreign.count > 1 ? " and \(found.foreign.count - 1) more" : ""
            return HostResult.Problem(
                kind: "foreign",
                message: "there is a definition of \(definition.name) that Baton did not write: \(first)\(more)",
                hint: "`adopt: true` in the service's definition replaces it; `unit` starts and stops it as it is"
            )
        }
        if let old = found.manifest?.supervisor, !found.isSupervised {
            // Elsewhere it would be started a second time, and the first would come back with its supervisor.
            return HostResult.Problem(
                kind: "supervisor",
                message: "\(old.title) has \(definition.name), and does not run there",
                hint: "start it; to move the service, name another supervisor in its definition, once `state: absent` "
                    + "has taken it from \(old.title) while that runs. Where \(old.title) is gone for good, its files and "
                    + "/etc/baton/services/\(definition.name) have to be removed by hand"
            )
        }
        return nil
    }

    private struct Refusal: Error {
        let problem: HostResult.Problem

        init(_ message: String, hint: String? = nil) {
            problem = HostResult.Problem(kind: "supervisor", message: message, hint: hint)
        }
    }

    private func rendering(_ found: ServiceSighting) -> Result<Rendering, Refusal> {
        let there = found.supervisors.map(\.text).joined(separator: ", ")
        let version: SupervisorVersion
        switch definition.supervisor {
        case .named(.alone): version = Supervisor.alone.usualVersion
        case .named(let wanted):
            guard let own = found.supervisors.first(where: { $0.supervisor == wanted }) else {
                let has = there.isEmpty ? "none that Baton knows runs there" : "the host has \(there)"
                return .failure(Refusal("\(definition.name) needs \(wanted.title), and \(has)"))
            }
            version = own
        case .automatic, .oneOf:
            // Where it is already, it stays; else whoever is process 1 comes first.
            var order: [Supervisor] = [.systemd, .upstart, .supervisord, .runit]
            if case .oneOf(let own) = definition.supervisor { order = own }
            let known = found.manifest.map { [$0.supervisor] }?.filter(order.contains) ?? []
            let own = (known + order).lazy.compactMap { wanted in
                found.supervisors.first { $0.supervisor == wanted }
            }.first
            guard let own else {
                let names = order.map(\.title).joined(separator: " or ")
                let hint = "that is \(names); with `supervisor: none` Baton starts it itself, once"
                return .failure(Refusal("no supervisor that it can run under runs there", hint: hint))
            }
            version = own
        }
        if let old = found.manifest?.supervisor, (old == .alone) != (version.supervisor == .alone) {
            // They are kept in different places, and neither knows the other's.
            let (from, to) = (old == .alone ? "none" : old.title, version.supervisor.title)
            return .failure(
                Refusal(
                    "\(definition.name) has the supervisor \(from) there, and its definition says \(to)",
                    hint: "`state: absent` takes it from there; then it can be put there anew"
                )
            )
        }
        do throws(DocumentError) {
            return .success(try definition.rendered(for: version))
        } catch {
            let first = error.diagnostics.items.first
            let place = first.map { item in
                item.sourceName + (item.position.map { ":\($0.line):\($0.column)" } ?? "") + ": "
            }
            return .failure(Refusal((place ?? "") + (first?.message ?? "it cannot be rendered"), hint: first?.hint))
        }
    }

    /// What happens to each member, in words.
    private func members(
        _ rendering: Rendering,
        _ found: ServiceSighting,
        _ comparison: DefinitionComparison
    ) -> [String] {
        let known = Dictionary(found.members.map { ($0.name, $0) }) { first, _ in first }
        var words: [String] = []
        for member in found.members where !rendering.members.contains(member.name) && member.state != .absent {
            words.append("remove \(member.name)")
        }
        for (number, name) in rendering.members.enumerated() {
            let member = known[name] ?? ServiceSighting.Member(name, .absent)
            // Where no process can tell, it may be what a deployment that was cut off has left.
            let isKnownDue = member.isDue ?? (found.unfinished != nil)
            let isDue = isKnownDue || comparison.births.contains(number)
            if let word = state.word(for: member, isDue: isDue) { words.append("\(word) \(name)") }
        }
        return words
    }
}
