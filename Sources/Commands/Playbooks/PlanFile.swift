import Document
import Events
import Reactor

/// A plan in a file: what was found on each host and what would be done, for `deploy --plan` to hold hosts to.
enum PlanFile {
    static let schema = "baton.plan/1"

    static func write(
        _ result: RunResult,
        playbook: String,
        at moment: Timestamp,
        _ redactor: Redactor,
        to path: String
    ) throws(CommandError) {
        let value = JSON.members([
            "schema": .string(schema), "run": .string(result.run), "at": .string(moment.description),
            "playbook": .string(playbook), "hosts": .array(result.hosts.map { $0.json(redactor) }),
        ])
        do throws(SystemError) {
            try Files.write(Array((value.line + "\n").utf8), to: path, mode: 0o600)
        } catch {
            throw CommandError("the plan cannot be written: \(error)")
        }
    }

    /// What each host's plan came to, by name.
    static func digests(
        _ path: String,
        shown: String,
        of playbook: String,
        for hosts: [String]
    ) throws(CommandError) -> [String: String] {
        let source = try Source.read(path, shown: shown)
        guard Files.isTrusted(path) else {
            throw CommandError("\(shown) may be written by others", hint: "a plan must belong to you or to root")
        }
        let plan: (playbook: String, digests: [String: String])
        do throws(DocumentError) {
            plan = try read(source)
        } catch {
            throw CommandError(rendered: error.description)
        }
        if plan.playbook != playbook {
            throw CommandError("\(shown) is a plan of \(plan.playbook), not of \(playbook)")
        }
        let missing = hosts.filter { plan.digests[$0] == nil }
        if let first = missing.first {
            let more = missing.count > 1 ? " and \(missing.count - 1) more hosts" : ""
            throw CommandError(
                "\(shown) has no plan for \(first)\(more)",
                hint: "they were not reached when it was made, or not chosen; -l leaves hosts out"
            )
        }
        return plan.digests
    }

    private static func read(
        _ source: SourceText
    ) throws(DocumentError) -> (playbook: String, digests: [String: String]) {
        let root = try JSONText.parse(source)
        var decoder = NodeDecoder(source)
        let fields = decoder.fields(Field(root, as: "a plan"))
        _ = decoder.choice(decoder.required("schema", of: fields), of: [schema])
        let playbook = decoder.string(decoder.required("playbook", of: fields))
        var digests: [String: String] = [:]
        for entry in decoder.list(decoder.required("hosts", of: fields)) ?? [] {
            let host = decoder.fields(entry)
            guard let name = decoder.string(decoder.required("host", of: host)) else { continue }
            if let digest = host?["digest"] { digests[name] = decoder.string(digest) }
        }
        try decoder.diagnostics.throwIfErrors()
        return (playbook ?? "", digests)
    }
}
