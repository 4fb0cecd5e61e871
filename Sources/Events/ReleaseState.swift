/// What a release is on a host, as it has written that down.
package struct ReleaseState: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        package var id: String
        /// `staged`, `active`, `good` or `bad`.
        package var state: String
        /// When it came to that, by the host's clock, in seconds since 1970.
        package var at: Int
        /// The run that brought it there.
        package var run: String

        package init(_ id: String, _ state: String, at: Int, run: String) {
            (self.id, self.state, self.at, self.run) = (id, state, at, run)
        }
    }

    /// Who may change it.
    package struct Lease: Equatable, Sendable {
        package var owner: String
        package var epoch: Int
        package var secondsLeft: Int

        package init(owner: String, epoch: Int, secondsLeft: Int) {
            (self.owner, self.epoch, self.secondsLeft) = (owner, epoch, secondsLeft)
        }
    }

    package var name: String
    package var root: String
    /// What `current` names; nil where that is none of Baton's.
    package var current: String?
    /// Where a rollback would go.
    package var previous: String?
    /// The newest first.
    package var releases: [Row] = []
    package var lease: Lease?
    /// Takeovers that are not over: how their tokens stand.
    package var takeovers: [String] = []
    /// What a person should know: what is not as it was left.
    package var notes: [String] = []

    package init(_ name: String, root: String) { (self.name, self.root) = (name, root) }

    package var currentState: String? { current.flatMap { id in releases.first { $0.id == id }?.state } }
}

extension ReleaseState {
    func json(_ redactor: Redactor) -> JSON {
        .members([
            "release": .string(name), "root": .string(root), "current": current.map { .string($0) } ?? .null,
            "previous": previous.map { .string($0) } ?? .null,
            "releases": .array(
                releases.map { row in
                    .members([
                        "id": .string(row.id), "state": .string(row.state), "at": .integer(row.at),
                        "run": .string(row.run),
                    ])
                }
            ),
            "lease": lease.map { lease in
                .members([
                    "owner": .string(redactor.clean(lease.owner)), "epoch": .integer(lease.epoch),
                    "seconds_left": .integer(lease.secondsLeft),
                ])
            } ?? .null,
            "takeovers": .array(takeovers.map { .string($0) }),
            "notes": .array(notes.map { .string(redactor.clean($0)) }),
        ])
    }
}
