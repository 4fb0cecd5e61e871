package import Events
package import Handover
package import HostSide
package import SSH
package import Shell
package import Supervision
internal import Text

/// Looks at a release on one host, from its name alone.
package struct ReleaseScout: Sendable {
    package enum Subject: Equatable, Sendable {
        case name(String)
        /// The absolute path of its root.
        case path(ReleaseRoot)

        package var text: String {
            switch self {
            case .name(let name): name
            case .path(let root): root.path
            }
        }
    }

    package let subject: Subject
    package let account: Account
    package let redactor: Redactor

    package init(_ subject: Subject, as account: Account, _ redactor: Redactor) {
        (self.subject, self.account, self.redactor) = (subject, account, redactor)
    }

    /// A release as it is on a host.
    package struct Found: Sendable {
        package var root: ReleaseRoot
        package var sighting: ReleaseSighting
        /// Takeovers that are not over.
        package var pending: [HandoverPending]
    }

    /// Why a host could not be looked at.
    package struct Blind: Error, Sendable {
        package var problem: HostResult.Problem
    }

    /// Nil where the host does not have it.
    package func find(on remote: SSHRemote) async throws(Blind) -> Found? {
        guard let root = try await root(on: remote) else { return nil }
        let look = ReleaseLook(root)
        let pending = HandoverPending.look(in: "\(root.path)/.baton")
        let seen = try await see([look.look, pending], on: remote)
        let sighting: ReleaseSighting
        do throws(ReleaseError) {
            sighting = try look.read(seen[look.look])
        } catch {
            throw Self.blind("\(root.path): \(error)")
        }
        guard let takeovers = HandoverPending.read(seen[pending]) else {
            throw Self.blind("takeovers under \(root.path) could not be looked at")
        }
        if !sighting.exists || sighting.records.isEmpty { return nil }
        return Found(root: root, sighting: sighting, pending: takeovers)
    }

    private func root(on remote: SSHRemote) async throws(Blind) -> ReleaseRoot? {
        guard case .name(let name) = subject else {
            if case .path(let root) = subject { return root }
            return nil
        }
        let finding = ReleaseFinding(name)
        let seen = try await see([finding.look], on: remote)
        let roots: [ReleaseRoot]
        do throws(ReleaseError) {
            roots = try finding.read(seen[finding.look])
        } catch {
            throw Self.blind("\(name) could not be looked for: \(error)")
        }
        if roots.count > 1 {
            let paths = roots.map { Printable.line($0.path) }.joined(separator: " and ")
            throw Blind(
                problem: HostResult.Problem(
                    kind: HostResult.refusedKind,
                    message: "more than one release is called \(name) there: \(paths)",
                    hint: "say the path instead of the name"
                )
            )
        }
        return roots.first
    }

    /// What was kept of releases; nothing for those of which nothing was.
    package func kept(
        _ ids: [ReleaseID],
        _ root: ReleaseRoot,
        on remote: SSHRemote
    ) async throws(Blind) -> [ReleaseID: KeptRelease] {
        let looks = ids.map { ReleaseLook(root, kept: [$0]) }
        if looks.isEmpty { return [:] }
        let seen = try await see(looks.map(\.look), on: remote)
        var found: [ReleaseID: KeptRelease] = [:]
        for (id, look) in zip(ids, looks) {
            let problem: String
            do throws(ReleaseError) {
                let files = try look.read(seen[look.look]).kept[id] ?? []
                do throws(KeptProblem) {
                    if let kept = try KeptRelease.read(files, under: root.path) {
                        for secret in kept.services.flatMap(\.secrets) { redactor.add(secret) }
                        found[id] = kept
                    }
                    continue
                } catch {
                    problem = error.description
                }
            } catch {
                problem = error.description
            }
            throw Self.blind("what \(root.path)/.baton has kept of \(id) cannot be used: \(problem)")
        }
        return found
    }

    package func see(_ looks: [Look], on remote: SSHRemote) async throws(Blind) -> Sightings {
        switch await HostDriver.look(looks, Looking.program(looks), account, remote) {
        case .success(let seen): return seen
        case .failure(let unseen): throw Blind(problem: unseen.problem)
        }
    }

    private static func blind(_ message: String) -> Blind {
        let hint = message.contains("become: true") || message.contains("closed") ? "-b becomes root" : nil
        return Blind(problem: HostResult.Problem(kind: "look_failed", message: message, hint: hint))
    }
}
