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
    /// Whether the task held a secret: then what its command printed may hold it too.
    package var isTainted = false

    package init(changed: Bool = false, failed: Bool = false, skipped: Bool = false) {
        self.changed = changed
        self.failed = failed
        self.skipped = skipped
    }

    package var value: Value {
        var pairs = [
            Value.Pair(name: "changed", value: .data(.bool(changed))),
            Value.Pair(name: "failed", value: .data(.bool(failed))),
            Value.Pair(name: "skipped", value: .data(.bool(skipped))),
        ]
        if let status { pairs.append(Value.Pair(name: "rc", value: .data(.int(status)))) }
        for (name, bytes) in [("stdout", stdout), ("stderr", stderr)] {
            guard let bytes else { continue }
            var text = String(decoding: bytes, as: UTF8.self)
            while text.utf8.last == 0x0A || text.utf8.last == 0x0D {
                text = String(decoding: text.utf8.dropLast(), as: UTF8.self)
            }
            let lines = text.isEmpty ? [] : text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            let list = lines.map {
                Value.data(.string(String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self)))
            }
            pairs.append(Value.Pair(name: name, value: marked(.data(.string(text)))))
            pairs.append(Value.Pair(name: name + "_lines", value: marked(.data(.list(list)))))
        }
        return .data(.map(pairs))
    }

    private func marked(_ value: Value) -> Value { isTainted ? value.asTainted : value }
}
