/// Shell text for a host, as data: what it says is decided before anything is sent, and tests assert it exactly.
package protocol Program: Sendable {
    /// POSIX `sh` text. Runs in a subshell of its own, with no input, so `exit`, `cd` and `set -e` end with it.
    var text: String { get }
    /// A few words for people: what failed when it fails.
    var label: String { get }
}

/// A program that only looks. It may be sent at any time, also to a host that somebody else is changing.
package struct ReadingProgram: Program, Equatable {
    package let text: String
    package let label: String

    package init(_ label: String, _ text: String, arguments: [String] = []) {
        self.label = label
        self.text = setting(arguments, before: text)
    }
}

/// A program that may change the host. It is sent together with the authority to do so.
package struct ChangingProgram: Program, Equatable {
    package let text: String
    package let label: String

    package init(_ label: String, _ text: String, arguments: [String] = []) {
        self.label = label
        self.text = setting(arguments, before: text)
    }
}

/// Why a changing program may run. A type of its own so that nobody sends one by habit.
package enum Authority: Equatable, Sendable {
    /// The operator's own words (`exec`): no service of Baton's is involved, so no lease is.
    case operatorCommand
    /// Plain tasks of a playbook: they hand over no service, so no lease is taken.
    case playbook
    /// The lease of a release's root, which the host itself checks.
    case lease(epoch: UInt32)
    /// Calls of a takeover: the host compares this epoch with that of its lease.
    case takeover(epoch: UInt32)
}

/// Positional parameters for a program file: `$1`, `$2` and so on.
private func setting(_ arguments: [String], before text: String) -> String {
    arguments.isEmpty ? text : "set -- \(Quoting.line(arguments))\n\(text)"
}
