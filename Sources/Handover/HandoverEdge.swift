/// One edge of a takeover: from a state, by an action, when a predicate holds. The conductor on the host runs these, the
/// page about takeovers prints them, and tests check them.
package struct HandoverEdge: Equatable, Sendable {
    package var state: State
    package var action: Action
    package var predicate: Predicate
    package var limit: Limit
    package var next: Next
    package var fail: Next
    package var lost: Lost
    /// A sentence for people.
    package var meaning: String

    /// What a lost controller, or a dead conductor, means in this state.
    package enum Lost: String, Sendable {
        /// The guard takes everything back.
        case back
        /// The guard carries on: the old master was told to stop.
        case forward
        /// It is being taken back already; that goes on.
        case on
    }

    /// How long it may take.
    package enum Limit: Equatable, Sendable {
        case seconds(Int)
        case boot, drain, soak, confirm, stop
    }

    /// Where it goes. What the order decides is decided when the table is written for the host.
    package enum Next: Equatable, Sendable {
        case to(State)
        /// `seen`, or `mixed` where the server cannot drain.
        case drainOrMixed
        /// What a drain without effect means.
        case ignoredDrain
        /// What a drain that takes too long means.
        case overrun
    }

    package enum State: String, CaseIterable, Sendable {
        case armed, fit, switched, doubled, ready, seen, draining, alone, mixed, widowed, proven, cleared
        case retiring, insisting, forcing, promoted, settled
        case failing
        case codeBack = "code_back"
        case reviving
        case revivingAgain = "reviving_again"
        case stopping, pressing, killing, repairing, starting, returned
        // Ends.
        case committed, undone, dirty

        package var isEnd: Bool { self == .committed || self == .undone || self == .dirty }
    }

    package enum Action: String, CaseIterable, Sendable {
        case watch, probe, flip, upgrade, drain, claim, retire, insist, force, commit
        case fire, unflip, revive, raise, stop, press, kill, repair, start
    }

    package enum Predicate: String, CaseIterable, Sendable {
        case sound, flipped
        case secondMaster = "second_master"
        case ready, glimpsed, draining, drained
        case answersAmong = "answers_among"
        case answers, confirmed, claimed, promoted, committed
        case firing, unflipped, revived
        case newGone = "new_gone"
        case pidFiles = "pid_files"
        case running
        case answersOld = "answers_old"
    }
}
