import Document
import Events
import HostSide
import Supervision

/// A service of the project as it is to be on a host. Which supervisor the host has shows only there, so the files of all
/// that its definition allows are looked at together.
struct ServiceWork: Work {
    let definition: ServiceDefinition
    let state: WantedState
    let look: ServiceLook
    private let pathLooks: [Look]

    init(_ definition: ServiceDefinition, _ state: WantedState, at origin: Origin) throws(DocumentError) {
        self.definition = definition
        self.state = state
        let allowed: [Supervisor]
        switch definition.supervisor {
        case .automatic: allowed = Supervisor.allCases
        case .named(let supervisor): allowed = [supervisor]
        case .none:
            throw DocumentError(
                Diagnostic(
                    "the service \"\(definition.name)\" has no supervisor, so that nothing can start it",
                    in: origin.source,
                    at: origin.position,
                    hint: "its \"supervisor\" is none"
                )
            )
        }
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
        look = ServiceLook(.service(definition.name), paths: files.sorted())
    }

    var looks: [Look] { [look.look] + pathLooks }

    var written: [String] {
        let renderings = Supervisor.allCases.map { supervisor in
            (try? definition.rendered(for: supervisor.usualVersion)).map { "\($0)" } ?? ""
        }
        return [definition.name, state.rawValue] + renderings
    }

    func decide(_ seen: Sightings) -> Decision {
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
        var words = comparison.words
        if let old = found.manifest?.supervisor, old != rendering.supervisor.supervisor {
            words.append("from \(old.title) to \(rendering.supervisor.supervisor.title)")
        }
        words += members(rendering, found, comparison)
        if let isEnabled = found.isEnabled, isEnabled != definition.startsAtBoot {
            words.append(definition.startsAtBoot ? "enable" : "disable")
        }
        if words.isEmpty { return .none(note: found.members.isEmpty ? nil : found.summary) }
        let operation = ServicePrograms.apply(
            ServiceChange(
                service: definition.name,
                rendering: rendering,
                expected: comparison.expectations,
                state: state,
                isEnabled: definition.startsAtBoot,
                adopts: definition.adopts
            )
        )
        var change = Change(operation, words: words, paths: comparison.changed)
        change.differences = comparison.differences
        return .change(change)
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
        case .named(let wanted):
            guard let own = found.supervisors.first(where: { $0.supervisor == wanted }) else {
                let has = there.isEmpty ? "none that Baton knows runs there" : "the host has \(there)"
                return .failure(Refusal("\(definition.name) needs \(wanted.title), and \(has)"))
            }
            version = own
        case .automatic, .none:
            // Where it is already, it stays; else whoever is process 1 comes first.
            let order: [Supervisor] = [.systemd, .upstart, .supervisord, .runit]
            let known = found.manifest.map { [$0.supervisor] } ?? []
            let own = (known + order).lazy.compactMap { wanted in
                found.supervisors.first { $0.supervisor == wanted }
            }.first
            guard let own else {
                let hint = "systemd, supervisord, Upstart or runit must run on the host"
                return .failure(Refusal("no supervisor that Baton knows runs there", hint: hint))
            }
            version = own
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
            let isDue = member.isDue || comparison.births.contains(number)
            if let word = state.word(for: member, isDue: isDue) { words.append("\(word) \(name)") }
        }
        return words
    }
}

extension WantedState {
    /// What it takes to bring a member there; nil where it is there.
    func word(for member: ServiceSighting.Member, isDue: Bool) -> String? {
        switch self {
        case .started:
            if !member.state.isUp { return "start" }
            return isDue ? "restart" : nil
        case .stopped: return member.state.isUp || member.state == .stopping ? "stop" : nil
        case .restarted: return member.state.isUp ? "restart" : "start"
        case .reloaded:
            if !member.state.isUp { return "start" }
            return isDue ? "restart" : "reload"
        }
    }
}

extension ServiceSighting {
    /// `2 running`, for a note.
    var summary: String {
        State.allCases.compactMap { state in
            let count = members.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }.joined(separator: ", ")
    }
}

extension Decision {
    static func unlooked(_ name: String, _ why: String) -> Decision {
        .impossible(
            HostResult.Problem(kind: "not_seen", message: "the service \(name) could not be looked at: \(why)")
        )
    }
}
