import HostSide
import Playbook

/// The tasks of a play that switches a service, by when they are done.
struct DeployLegs {
    private let tasks: [TaskDefinition]

    init(_ tasks: [TaskDefinition]) { self.tasks = tasks }

    /// None of them switches a service.
    var isEmpty: Bool { !tasks.contains { $0.body is DeployTask } }

    /// What is done on all hosts before anything that anybody notices.
    var staged: [TaskDefinition] {
        tasks.filter { $0.phase == .stage && !($0.body is DeployTask) } + deploys(.stage)
    }

    /// What is done on a host in its turn, in the order in which it is written.
    var turn: [TaskDefinition] {
        tasks.compactMap { task in
            if task.body is DeployTask { return Self.part(.hand, of: task) }
            return task.phase == .run ? task : nil
        }
    }

    /// The releases alone.
    func deploys(_ part: DeployTask.Part) -> [TaskDefinition] {
        tasks.compactMap { Self.part(part, of: $0) }
    }

    /// What was switched goes back to what was found, the last first.
    func takingBack(_ handed: [(number: Int, before: ReleaseID?)]) -> [TaskDefinition] {
        handed.reversed().compactMap { number, before in
            guard let task = tasks.first(where: { $0.number == number }), var body = task.body as? DeployTask else {
                return nil
            }
            body.part = .takeBack
            body.before = before
            var back = task
            back.body = body
            back.phase = .run
            return back
        }
    }

    private static func part(_ part: DeployTask.Part, of task: TaskDefinition) -> TaskDefinition? {
        guard var body = task.body as? DeployTask else { return nil }
        body.part = part
        var task = task
        task.body = body
        task.phase = part == .stage ? .stage : .run
        return task
    }
}
