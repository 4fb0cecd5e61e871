package import Document
package import Inventory

/// The variables of one host, and what it has learnt in the run.
package struct HostScope: Sendable {
    package let host: Host
    /// The map of `baton facts`; nil until it has been fetched.
    package var facts: Value?
    let run: RunScope
    private var play: PlayScope?
    private var results: [Int: Value] = [:]
    // What names stand for that earlier plays registered.
    private var earlier: [String: Int] = [:]
    private let becomeUser: String

    /// `becomeUser` is who `become: true` means where no play and no task says it.
    package init(_ host: Host, _ run: RunScope, becomeUser: String = "root") {
        self.host = host
        self.run = run
        self.becomeUser = becomeUser
    }

    /// The tasks of this play are the next; results of earlier plays stay.
    package mutating func enter(_ play: PlayScope) {
        if let old = self.play { earlier.merge(old.lasting) { $1 } }
        self.play = play
    }

    /// What a task came to: the variable that it registers. Kept only where it is one.
    package mutating func record(_ result: TaskOutcome, of task: TaskDefinition) {
        if let name = task.register { results[task.number] = result.value(named: name) }
    }

    /// Whether the result of a task is there.
    package func has(_ task: TaskDefinition) -> Bool { results[task.number] != nil }

    /// The result of a task is not as it was thought to be: it will come again.
    package mutating func forget(_ task: TaskDefinition) { results[task.number] = nil }

    // MARK: Evaluating

    /// An evaluator for a task; with its own result where `withResult` gives one.
    func evaluator(for task: TaskDefinition, withResult result: Value? = nil) -> Evaluator {
        var results = results
        if let result { results[task.number] = result }
        let known = ResultLayer(play: play, task: task.number, isOwn: result != nil, results: results, earlier: earlier)
        let magic = MagicLayer(host: host, run: run, hosts: play?.hosts, facts: facts)
        let hasFacts = facts != nil
        let extra = run.extra
        let scope = play
        return Evaluator(
            Variables(
                [extra, known, magic, task.variables, play?.play.variables ?? [:], HostLayer(host: host)],
                pending: Pending { name in
                    if extra[name] != nil { return false }
                    return name == "facts" ? !hasFacts : known.isPending(name)
                },
                hint: { scope?.hint(for: $0) }
            ),
            limits: run.limits,
            fetch: run.fetch
        )
    }

    /// The play's and the task's own, which wins.
    func environment(of task: TaskDefinition) -> [EnvironmentEntry] {
        guard let common = play?.play.environment, !common.isEmpty else { return task.environment }
        let own = Set(task.environment.map(\.name))
        return common.filter { !own.contains($0.name) } + task.environment
    }

    /// Who a task is, by the task first.
    func account(
        of task: TaskDefinition,
        _ resolver: inout TaskResolver
    ) throws(DocumentError) -> TaskAccount {
        if let name = try resolver.account(user(of: task)) { return .become(name) }
        return plainAccount(of: task)
    }

    /// The account, where it is none of a name that is written.
    func plainAccount(of task: TaskDefinition) -> TaskAccount {
        switch task.become ?? play?.play.become {
        case nil: .standard
        case false?: .login
        case true?: .become(becomeUser)
        }
    }

    func user(of task: TaskDefinition) -> Argument? {
        task.becomeUser ?? (task.become == false ? nil : play?.play.becomeUser)
    }
}

/// Results of earlier tasks.
private struct ResultLayer: VariableLayer {
    let play: PlayScope?
    let task: Int
    let isOwn: Bool
    let results: [Int: Value]
    let earlier: [String: Int]

    private func number(of name: String) -> Int? {
        play?.task(registering: name, before: task, orAt: isOwn) ?? earlier[name]
    }

    func value(of name: String) -> Value? { number(of: name).flatMap { results[$0] } }

    func isPending(_ name: String) -> Bool {
        guard let number = number(of: name) else { return false }
        return results[number] == nil
    }

    var names: [String] { Array(earlier.keys) + (play?.registeredNames.filter { number(of: $0) != nil } ?? []) }
}

/// The names that Baton gives values to.
private struct MagicLayer: VariableLayer {
    let host: Host
    let run: RunScope
    let hosts: Value?
    let facts: Value?

    func value(of name: String) -> Value? {
        switch name {
        case "inventory_hostname": .data(.string(host.name))
        case "inventory_hostname_short":
            .data(.string(host.name.split(separator: ".").first.map(String.init) ?? host.name))
        case "group_names": .data(.list(host.groups.filter { $0 != "all" }.sorted().map { .data(.string($0)) }))
        case "groups": run.groups
        case "playbook_dir": run.playbookFolder
        case "inventory_dir": run.inventoryFolder
        case "play_hosts": hosts
        case "facts": facts
        default: nil
        }
    }

    var names: [String] { Identifier.magic }
}

/// The variables of the inventory.
private struct HostLayer: VariableLayer {
    let host: Host

    func value(of name: String) -> Value? { host.variable(named: name)?.value }
    var names: [String] { host.variables.map(\.name) }
}
