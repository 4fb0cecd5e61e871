/// What became of one host.
package struct HostResult: Equatable, Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case ok
        case changed
        case failed
        case unreachable
        case untouched
    }

    /// What a command printed and how it ended.
    package struct Execution: Equatable, Sendable {
        /// Nil where the end was not seen.
        package var exit: Int?
        package var stdout: [UInt8]
        package var stderr: [UInt8]
        /// Bytes that came and were not kept: they were in the middle.
        package var stdoutDropped = 0
        package var stderrDropped = 0
        package var milliseconds = 0

        package init(exit: Int?, stdout: [UInt8], stderr: [UInt8]) {
            self.exit = exit
            self.stdout = stdout
            self.stderr = stderr
        }
    }

    /// Why it is not ok: a stable word for programs, a sentence for people, what to do next.
    package struct Problem: Equatable, Sendable {
        package let kind: String
        package let message: String
        package let hint: String?
        package init(kind: String, message: String, hint: String? = nil) {
            self.kind = kind
            self.message = message
            self.hint = hint
        }
    }

    package let host: String
    package var status: Status
    package var problem: Problem?
    package var execution: Execution?
    package var facts: [Fact]?
    /// Whether anything of ours ran there.
    package var touched: Bool

    package struct Fact: Equatable, Sendable {
        package let name: String
        package let value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(host: String, status: Status, touched: Bool) {
        self.host = host
        self.status = status
        self.touched = touched
    }
}

/// What became of a run: the last word on stdout, and the exit code.
package struct RunResult: Equatable, Sendable {
    package enum Outcome: String, Sendable {
        case ok
        case failed
        case mixed
        case unreachable
        case interrupted
    }

    package let run: String
    package let command: String
    package let outcome: Outcome
    package let exit: ExitCode
    package let hosts: [HostResult]

    /// The rule for runs of plain commands, which can leave no host half way. Which hosts could not be reached says 6
    /// only when nothing ran anywhere: 6 promises that no host was changed.
    package init(run: String, command: String, hosts: [HostResult], interrupted: Bool) {
        self.run = run
        self.command = command
        self.hosts = hosts
        let good = hosts.count { $0.status == .ok || $0.status == .changed }
        if interrupted {
            (outcome, exit) = (.interrupted, .interrupted)
        } else if good == hosts.count {
            (outcome, exit) = (.ok, .done)
        } else if !hosts.contains(where: \.touched) && hosts.contains(where: { $0.status == .unreachable }) {
            (outcome, exit) = (.unreachable, .unreachable)
        } else {
            (outcome, exit) = (good == 0 ? .failed : .mixed, .mixed)
        }
    }

    package var touched: Int { hosts.count(where: \.touched) }
}

/// The exit codes of the contract. 1, 2, 6 and 7 promise that no host was changed.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    case usage = 1
    case refused = 2
    case failedClean = 3
    case needsHands = 4
    case mixed = 5
    case unreachable = 6
    case locked = 7
    case interrupted = 8
    case changes = 9

    /// For help and documentation.
    package var meaning: String {
        switch self {
        case .done: return "Done."
        case .usage: return "Usage or configuration error; nothing was contacted."
        case .refused: return "Preflight refused; nothing was changed."
        case .failedClean: return "Failed, and every touched host is back on what it ran before."
        case .needsHands: return "At least one host needs hands."
        case .mixed: return "Mixed: some hosts changed or failed, each one clean; for exec, a command failed."
        case .unreachable: return "Unreachable or not trusted; nothing was changed."
        case .locked: return "Locked by someone else; nothing was changed."
        case .interrupted: return "Interrupted, clean."
        case .changes: return "With --exit-code: there are changes."
        }
    }
}
