/// What became of one host.
package struct HostResult: Equatable, Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case ok
        case changed
        case failed
        /// It failed, and the host runs what it ran before.
        case rolledBack = "rolled_back"
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
    /// In a plan, `changed` means would be.
    package var status: Status
    package var problem: Problem?
    package var execution: Execution?
    package var facts: [Fact]?
    /// The services that were asked for, as they are in the end.
    package var services: [ServiceState]?
    /// What was to run there does not, or nobody knows.
    package var isDown = false
    /// What became of each task of a playbook, in their order; tasks that a failure kept from starting are not in it.
    package var tasks: [TaskResult]?
    /// What a plan comes to: two plans that say and find the same have the same.
    package var digest: String?
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

    /// The host is not as the plan found it, and was left alone.
    package static func drifted(_ host: String) -> HostResult {
        var result = HostResult(host: host, status: .untouched, touched: false)
        result.problem = Problem(
            kind: driftedKind,
            message: "the host is not as it was when the plan was made",
            hint: "make a new plan, and look at it"
        )
        return result
    }

    /// Somebody else is at work there.
    package static let lockedKind = "locked"
    /// What a program ends with then.
    package static let lockedStatus: Int32 = 77

    /// It cannot be done as the host is, and nothing was changed.
    package static let refusedKind = "refused"

    /// A release was to come to it.

    private static let driftedKind = "drifted"

    package var isDrifted: Bool { problem?.kind == Self.driftedKind }
}
