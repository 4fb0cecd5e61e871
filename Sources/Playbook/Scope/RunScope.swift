package import Document
package import Inventory

/// What all hosts of a run see: what `-e` says, the groups, where things lie.
package struct RunScope: Sendable {
    /// From `-e`: stronger than everything.
    let extra: [String: Value]
    let groups: Value
    let playbookFolder: Value
    /// Nil where the inventory is no file.
    let inventoryFolder: Value?
    let fetch: Evaluator.Fetch
    let limits: TemplateLimits

    static let origin = Origin(SourceText(name: "baton", text: ""), .start)

    /// `fetch` may throw `SecretProblem.later`; then the task that needs the secret is resolved again when it is there.
    package init(
        _ inventory: Inventory,
        extra: [String: Value] = [:],
        playbookFolder: String,
        inventoryFolder: String? = nil,
        limits: TemplateLimits = TemplateLimits(),
        fetch: @escaping Evaluator.Fetch
    ) {
        self.extra = extra
        groups = .data(
            .map(
                inventory.groups.map { group in
                    let names = inventory.hostNames(inGroup: group.name)
                    return Value.Pair(name: group.name, value: .data(.list(names.map { .data(.string($0)) })))
                }
            )
        )
        self.playbookFolder = .data(.string(playbookFolder))
        self.inventoryFolder = inventoryFolder.map { .data(.string($0)) }
        self.limits = limits
        self.fetch = fetch
    }
}

extension Value {
    /// A value that was not written by a user: no text in it is a template.
    static func data(_ content: Content) -> Value {
        Value(content, origin: RunScope.origin).asData
    }
}
