import Document
import Events
import HostSide
import Playbook
import Supervision

/// What the host keeps of its releases, so that it can go back to them as they were.
extension HostDeployment {
    /// Nil for what nothing was kept of. What is secret in it is known from here on.
    func kept(_ ids: [ReleaseID], _ root: ReleaseRoot) async throws(Stop) -> [ReleaseID: KeptRelease] {
        do throws(ReleaseScout.Blind) {
            return try await ReleaseScout(.path(root), as: account, redactor).kept(ids, root, on: remote)
        } catch {
            throw Stop(failed("kept", error.problem.message))
        }
    }

    /// Before the host is switched, and so before anything can go wrong: what it will need to come back to this release, and
    /// what it needs to go back from it, where the definitions of what runs are these. Returns the latter.
    func keep(_ deployment: Deployment, _ lease: Lease) async throws(Stop) -> KeptRelease? {
        let (id, root, old) = (deployment.id, deployment.root, deployment.seen.currentRelease)
        let known = Set([id, old].compactMap { $0 }).filter { (deployment.seen[$0]?.keptFiles ?? 0) > 0 }
        // What cannot be read is as good as nothing here, and is written anew.
        let found = known.isEmpty ? [:] : (try? await kept(Array(known), root)) ?? [:]
        var own = deployment.kept
        var before = old.flatMap { found[$0] }
        if let before, !deployment.isWhole {
            // What is not handed over now stays as it is.
            own.services += before.services.filter { service in !own.services.contains { $0.name == service.name } }
        }
        // It may have been on its way here before.
        own.brought.formUnion((found[id]?.brought ?? []).intersection(own.services.map(\.name)))
        if let old, before == nil, old != id, deployment.services.allSatisfy({ !$0.isNew && !$0.isRedefined }) {
            var same = own
            same.brought = []
            try await change(.keep(old, same.files), "keep \(old)", lease)
            before = same
        }
        try await change(.keep(id, own.files, name: deployment.name), "keep \(id)", lease)
        return before
    }

    /// The services of a release as they are to be handed over, by name.
    func deployed(_ kept: KeptRelease?) throws(Stop) -> [DeployedService] {
        guard let kept else { return [] }
        do throws(DocumentError) {
            return try kept.deployed()
        } catch {
            let why = error.diagnostics.items.first?.message ?? "it cannot be rendered"
            throw Stop(failed("kept", "what was kept of \(kept.name) cannot be used: \(why)"))
        }
    }
}
