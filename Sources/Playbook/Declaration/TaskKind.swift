import Document

/// A kind of task: what it is called, what keys it has, and what it makes of them.
package struct TaskKind: Sendable {
    package let name: String
    package let help: String
    package let keys: [TaskKey]
    /// The key that a value other than a mapping stands for.
    package let short: String
    /// Whether its outcome shows only when it has been carried out; then `changed_when` and `failed_when` can judge it.
    package let isCarriedOut: Bool
    /// Common keys that mean nothing for it.
    let without: [String]
    /// What must hold between keys.
    let check: @Sendable (Arguments, inout Diagnostics) -> Void
    let body: @Sendable (Arguments) -> any TaskBody

    init(
        _ name: String,
        _ help: String,
        short: String,
        isCarriedOut: Bool = false,
        keys: [TaskKey],
        without: [String] = [],
        check: @escaping @Sendable (Arguments, inout Diagnostics) -> Void = { _, _ in },
        body: @escaping @Sendable (Arguments) -> any TaskBody
    ) {
        self.name = name
        self.help = help
        self.keys = keys
        self.without = without
        self.short = short
        self.isCarriedOut = isCarriedOut
        self.check = check
        self.body = body
    }

    /// All there are. A new kind is a file of its own and a line here.
    package static let all: [TaskKind] = [
        DirectoryTask.kind,
        FileTask.kind,
        TemplateTask.kind,
        LinkTask.kind,
        RunTask.kind,
        CheckTask.kind,
        PauseTask.kind,
        ServiceTask.kind,
        ServiceTask.restart,
        ServiceTask.reload,
        DaemonTask.kind,
        DeployTask.kind,
    ]

    static func named(_ name: String) -> TaskKind? { all.first { $0.name == name } }
}
