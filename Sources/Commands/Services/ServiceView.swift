import Events
import Fleet
import HostSide
import SSH
import Shell
import Supervision
import Text

/// Looks at services on one host.
struct ServiceView: Sendable {
    let host: String
    let remote: SSHRemote
    let redactor: Redactor

    /// Why a host could not be looked at, as its result.
    struct Blind: Error {
        let result: HostResult
    }

    /// Nil where the host has no such service.
    func sighting(_ name: String) async throws(Blind) -> ServiceSighting? {
        let (found, unread) = try await sightings([name])
        if let why = unread.first { throw failed(why) }
        return found[name]
    }

    /// Those that are there; and why others cannot be read, which is no reason to hide the rest.
    func sightings(_ names: [String]) async throws(Blind) -> (found: [String: ServiceSighting], unread: [String]) {
        let looks = names.map { ServiceLook(.service($0)) }
        let seen = try await see(looks.map(\.look))
        var found: [String: ServiceSighting] = [:]
        var unread: [String] = []
        for look in looks {
            do throws(ServiceLookError) {
                let sighting = try look.read(seen[look.look])
                if sighting.manifest != nil { found[look.subject.name] = sighting }
            } catch {
                unread.append(error.description)
            }
        }
        return (found, unread)
    }

    func see(_ looks: [Look]) async throws(Blind) -> Sightings {
        let program = Looking.program(looks)
        let limits = Limits(timeout: .seconds(120), output: min(64 << 20, looks.count * (320 << 10)))
        let reply: Reply
        do throws(RemoteError) {
            reply = try await remote.run(program, as: .standard, limits, nil)
        } catch {
            throw blind(error)
        }
        do throws(LookingError) {
            return try Looking.read(reply.stdout.bytes, looks)
        } catch {
            let said = Printable.sentence(reply.stderr.bytes, limit: 200)
            throw failed(error.description + (said.isEmpty ? "" : "; it said: \(said)"))
        }
    }

    /// All that the host keeps.
    func names() async throws(Blind) -> [String] {
        let reply: Reply
        do throws(RemoteError) {
            reply = try await remote.run(ServiceList.program, as: .standard, Limits(timeout: .seconds(30)), nil)
        } catch {
            throw blind(error)
        }
        if reply.status == 0 { return ServiceList.names(reply.stdout.bytes) }
        throw failed(Printable.sentence(reply.stderr.bytes, limit: 200))
    }

    private func blind(_ error: RemoteError) -> Blind {
        var result = HostResult(host: host, failedWith: error, redactor)
        result.touched = false
        return Blind(result: result)
    }

    func failed(_ message: String) -> Blind {
        var result = HostResult(host: host, status: .failed, touched: false)
        let hint = message.contains("must be root") ? "only root can be believed here: -b becomes root" : nil
        result.problem = .init(kind: "look_failed", message: message, hint: hint)
        return Blind(result: result)
    }
}

extension ServiceState {
    init(_ name: String, _ sighting: ServiceSighting) {
        let supervisor = sighting.manifest?.supervisor
        let version = sighting.supervisors.first { $0.supervisor == supervisor }
        self.init(name, supervisor: version?.text ?? supervisor?.title ?? "none")
        members = sighting.members.map { member in
            var own = Member(member.name, member.state.rawValue)
            (own.pid, own.uptime, own.restarts) = (member.pid, member.uptime, member.restarts)
            (own.isDue, own.detail) = (member.isDue, member.detail)
            return own
        }
        isEnabled = sighting.isEnabled
        if !sighting.isSupervised { notes.append("\(supervisor?.title ?? "its supervisor") does not run there") }
        if let busy = sighting.busy { notes.append("being changed: \(busy)") }
        if let unfinished = sighting.unfinished { notes.append("the last change was cut off: \(unfinished)") }
    }
}

extension HostResult {
    /// Nobody could have said yes to it.
    static func notAsked(_ host: String) -> HostResult {
        var result = HostResult(host: host, status: .untouched, touched: false)
        result.problem = .init(
            kind: "not_asked",
            message: "it could not be looked at when you were asked",
            hint: "run again"
        )
        return result
    }

    static func lacking(_ service: String, _ host: String) -> HostResult {
        var result = HostResult(host: host, status: .failed, touched: false)
        result.problem = .init(
            kind: "no_service",
            message: "there is no service \(Printable.quoted(service)) there",
            hint: "baton status shows what a host has"
        )
        return result
    }
}
