import Document
import Text

/// How a play that switches a service goes over its hosts, as far as it says so.
package struct PlayRollout: Equatable, Sendable {
    package enum Batch: Equatable, Sendable {
        case count(Int)
        case percent(Int)
    }

    /// The sizes of batches, in their order; the last repeats. Empty: one host at a time.
    package var serial: [Batch] = []
    /// A batch must stay healthy so long before the next one begins; nil: as usual.
    package var minHealthyTime: Duration?

    package init() {}

    static let keys = [
        TaskKey(
            "serial",
            .batches,
            takesTemplates: false,
            usual: "1",
            "How many hosts are switched at once: a number, a share like `25%`, or a list of those, one for each batch; the "
                + "last repeats."
        ),
        TaskKey(
            "min_healthy_time",
            .duration,
            takesTemplates: false,
            usual: "10s",
            "So long a batch must stay healthy before the next one begins."
        ),
    ]

    /// What is agreed and comes later.
    static let later: Set<String> = [
        "max_fail", "max_unreachable", "healthy_deadline", "progress_deadline", "pause", "confirm", "on_failure",
        "gate",
        "balancer",
    ]
}

extension NodeDecoder {
    mutating func rollout(_ field: Field?) -> PlayRollout {
        var rollout = PlayRollout()
        guard let fields = fields(field) else { return rollout }
        let names = PlayRollout.keys.map(\.name)
        for field in fields.all where !names.contains(field.key) {
            if PlayRollout.later.contains(field.key) {
                error("\(field.label) is not there yet", at: field.keyPosition, hint: "leave it out")
                continue
            }
            let hint = Nearness.hint(for: field.key, among: names) ?? "known here: " + names.joined(separator: ", ")
            error("\"rollout\" has no key \(field.label)", at: field.keyPosition, hint: hint)
        }
        rollout.minHealthyTime = duration(fields["min_healthy_time"], atLeast: .zero)
        if let field = fields["serial"] {
            let reading = Reading(key: field.key, value: Value(field.node, in: source), isWritten: true)
            do throws(DocumentError) {
                rollout.serial = try reading.batches()
            } catch {
                diagnostics.add(contentsOf: error.diagnostics)
            }
        }
        return rollout
    }
}

extension Reading {
    func batches() throws(DocumentError) -> [PlayRollout.Batch] {
        var batches: [PlayRollout.Batch] = []
        for item in items() {
            let expected = "a number of hosts like 2, or a share of them like 25%"
            let text = try item.text(expected: expected)
            let isShare = text.hasSuffix("%")
            guard let number = Int(isShare ? String(text.dropLast()) : text), number >= 1, number <= 100_000,
                !isShare || number <= 100
            else { throw item.wrong(expected) }
            batches.append(isShare ? .percent(number) : .count(number))
        }
        if batches.isEmpty { throw wrong("the size of a batch, or a list of them") }
        return batches
    }
}
