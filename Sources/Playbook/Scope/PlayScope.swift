import Document

/// A play of a run, for all its hosts: who takes part, and which results there will be at each task.
package struct PlayScope: Sendable {
    package let play: Play
    /// The tasks that are carried out, in their order.
    package let tasks: [TaskDefinition]
    let hosts: Value
    private let places: [Int: Int]
    // By name, in the order of the tasks.
    private let registered: [String: [(place: Int, number: Int)]]
    private let leftOut: [String: Origin]

    /// `tasks` are those that tags select, in the order in which they are carried out.
    package init(_ play: Play, tasks: [TaskDefinition]? = nil, hosts: [String]) {
        self.play = play
        let tasks = tasks ?? play.order
        self.tasks = tasks
        self.hosts = .data(.list(hosts.map { .data(.string($0)) }))
        places = Dictionary(tasks.enumerated().map { ($1.number, $0) }) { first, _ in first }
        var registered: [String: [(place: Int, number: Int)]] = [:]
        for (place, task) in tasks.enumerated() {
            if let name = task.register { registered[name, default: []].append((place, task.number)) }
        }
        self.registered = registered
        var leftOut: [String: Origin] = [:]
        for task in play.tasks {
            if let name = task.register, registered[name] == nil { leftOut[name] = task.origin }
        }
        self.leftOut = leftOut
    }

    /// The task whose result a name is, as seen from a task.
    func task(registering name: String, before number: Int, orAt isIncluded: Bool) -> Int? {
        guard let entries = registered[name], let place = places[number] else { return nil }
        return entries.last { isIncluded ? $0.place <= place : $0.place < place }?.number
    }

    /// What is to be said of a name that is not defined at a task.
    func hint(for name: String) -> String? {
        if registered[name] != nil { return "it is registered by a task that comes later" }
        if let origin = leftOut[name] {
            return "the task in line \(origin.position.line) registers it, and tags leave it out"
        }
        return nil
    }

    var registeredNames: [String] { Array(registered.keys) }

    /// The names that have results once the play is over, with the tasks they come from.
    var lasting: [String: Int] { registered.compactMapValues { $0.last?.number } }
}
