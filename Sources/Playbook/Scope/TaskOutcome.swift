package import Document

/// What a task came to on a host, as the variable that it registers.
package struct TaskOutcome: Sendable, Equatable {
    package var changed = false
    package var failed = false
    package var skipped = false
    /// Of commands alone.
    package var status: Int?
    package var stdout: [UInt8]?
    package var stderr: [UInt8]?
    /// How much of each stream is kept for expressions, on however many hosts.
    package static let keptOutput = 1 << 20
    /// More came: the middle of it is missing.
    package var stdoutIsCut = false
    package var stderrIsCut = false
    /// Whether the task held a secret: then what its command printed may hold it too.
    package var isTainted = false

    package init(changed: Bool = false, failed: Bool = false, skipped: Bool = false) {
        self.changed = changed
        self.failed = failed
        self.skipped = skipped
    }

    /// Nothing was done. A command that did not run has a result all the same: whoever asks for its `rc` or `stdout` must
    /// not fail in the run in which there is nothing to do.
    package static func skipped(isCommand: Bool) -> TaskOutcome {
        var outcome = TaskOutcome(skipped: true)
        if isCommand { (outcome.status, outcome.stdout, outcome.stderr) = (0, [], []) }
        return outcome
    }

    package var value: Value { value(named: "the result") }

    /// The variable, for errors about it.
    func value(named register: String) -> Value {
        var pairs = [
            Value.Pair(name: "changed", value: .data(.bool(changed))),
            Value.Pair(name: "failed", value: .data(.bool(failed))),
            Value.Pair(name: "skipped", value: .data(.bool(skipped))),
        ]
        if let status { pairs.append(Value.Pair(name: "rc", value: .data(.int(status)))) }
        for (name, bytes, isCut) in [("stdout", stdout, stdoutIsCut), ("stderr", stderr, stderrIsCut)] {
            guard let bytes else { continue }
            if isCut {
                let why = "\(name) of \(register) was longer than 1 MiB"
                let value = Value.unusable(why, origin: RunScope.origin)
                pairs += [Value.Pair(name: name, value: value), Value.Pair(name: name + "_lines", value: value)]
                continue
            }
            // What follows a program's last word is not meant.
            var text = bytes[...]
            while let last = text.last, last == 0x0A || last == 0x0D { text = text.dropLast() }
            let lines = text.isEmpty ? [] : text.split(separator: 0x0A, omittingEmptySubsequences: false)
            let list = lines.map { TaskOutcome.text($0.last == 0x0D ? $0.dropLast() : $0) }
            pairs.append(Value.Pair(name: name, value: marked(TaskOutcome.text(text))))
            pairs.append(Value.Pair(name: name + "_lines", value: marked(.data(.list(list)))))
        }
        return .data(.map(pairs))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> Value {
        .data(.string(String(decoding: bytes, as: UTF8.self)))
    }

    private func marked(_ value: Value) -> Value { isTainted ? value.asTainted : value }
}
