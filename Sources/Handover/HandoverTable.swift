/// The edges of a takeover, all of them.
package enum HandoverTable {
    package static let edges: [HandoverEdge] = forward + decision + back

    /// What is waited for in a state; of an end, how it ended.
    package static func meaning(of state: HandoverEdge.State) -> String {
        switch state {
        case .committed: "wholly new"
        case .undone: "wholly old again"
        case .dirty: "neither old nor new: somebody has to look"
        default: edges.first { $0.state == state }?.meaning ?? ""
        }
    }

    private static func edge(
        _ state: HandoverEdge.State,
        _ action: HandoverEdge.Action,
        _ predicate: HandoverEdge.Predicate,
        _ limit: HandoverEdge.Limit,
        _ next: HandoverEdge.Next,
        _ fail: HandoverEdge.Next,
        _ lost: HandoverEdge.Lost,
        _ meaning: String
    ) -> HandoverEdge {
        HandoverEdge(
            state: state,
            action: action,
            predicate: predicate,
            limit: limit,
            next: next,
            fail: fail,
            lost: lost,
            meaning: meaning
        )
    }

    /// Nothing of this cannot be taken back.
    private static let forward: [HandoverEdge] = [
        edge(
            .armed,
            .watch,
            .sound,
            .seconds(5),
            .to(.fit),
            .to(.failing),
            .back,
            "the old master, its user, command, pid file and directory are as ordered"
        ),
        edge(
            .fit,
            .flip,
            .flipped,
            .seconds(5),
            .to(.switched),
            .to(.failing),
            .back,
            "`current` names the new release"
        ),
        edge(
            .switched,
            .upgrade,
            .secondMaster,
            .boot,
            .to(.doubled),
            .to(.failing),
            .back,
            "a second master lives, is the old one's child, and its pid file says so"
        ),
        edge(
            .doubled,
            .watch,
            .ready,
            .boot,
            .to(.ready),
            .to(.failing),
            .back,
            "it has its workers, the same ones for long enough"
        ),
        edge(
            .ready,
            .probe,
            .glimpsed,
            .soak,
            .drainOrMixed,
            .to(.failing),
            .back,
            "the new release has answered beside the old one"
        ),
        edge(
            .seen,
            .drain,
            .draining,
            .seconds(5),
            .to(.draining),
            .ignoredDrain,
            .back,
            "the first worker of the old one has left, or says that it will"
        ),
        edge(
            .draining,
            .watch,
            .drained,
            .drain,
            .to(.alone),
            .overrun,
            .back,
            "the old one has no workers; long requests have ended"
        ),
        edge(
            .alone,
            .probe,
            .answers,
            .soak,
            .to(.proven),
            .to(.failing),
            .back,
            "the new release alone answers, so many times in a row"
        ),
        edge(
            .mixed,
            .probe,
            .answersAmong,
            .soak,
            .to(.proven),
            .to(.failing),
            .back,
            "beside the old one, the new release has answered as many times"
        ),
        edge(
            .widowed,
            .probe,
            .answers,
            .soak,
            .to(.cleared),
            .to(.failing),
            .back,
            "the old master has ended by itself; the new one serves and answers"
        ),
        edge(
            .proven,
            .watch,
            .confirmed,
            .confirm,
            .to(.cleared),
            .to(.failing),
            .back,
            "the controller has come back over a new connection and confirmed"
        ),
    ]

    /// The point of no return is the rename of the token.
    private static let decision: [HandoverEdge] = [
        edge(
            .cleared,
            .claim,
            .claimed,
            .seconds(5),
            .to(.retiring),
            .to(.failing),
            .back,
            "the token is `retiring`: the point of no return"
        ),
        edge(
            .retiring,
            .retire,
            .promoted,
            .stop,
            .to(.promoted),
            .to(.insisting),
            .forward,
            "the old one has gone, and the pid file names the new one"
        ),
        edge(
            .insisting,
            .insist,
            .promoted,
            .stop,
            .to(.promoted),
            .to(.forcing),
            .forward,
            "the same, told once more"
        ),
        edge(
            .forcing,
            .force,
            .promoted,
            .seconds(10),
            .to(.promoted),
            .to(.dirty),
            .forward,
            "the same, by KILL, workers first"
        ),
        edge(
            .promoted,
            .probe,
            .answers,
            .soak,
            .to(.settled),
            .to(.dirty),
            .forward,
            "the new release still answers"
        ),
        edge(
            .settled,
            .commit,
            .committed,
            .seconds(5),
            .to(.committed),
            .to(.dirty),
            .forward,
            "the token is `committed`"
        ),
    ]

    /// In this order it was measured to lose nothing: code, workers of the old one, then the new one.
    private static let back: [HandoverEdge] = [
        edge(
            .failing,
            .fire,
            .firing,
            .seconds(5),
            .to(.codeBack),
            .to(.dirty),
            .back,
            "the token is `firing`; the guard begins behind this"
        ),
        edge(
            .codeBack,
            .unflip,
            .unflipped,
            .seconds(5),
            .to(.reviving),
            .to(.dirty),
            .on,
            "`current` names the old release: what boots from now on is old"
        ),
        edge(
            .reviving,
            .revive,
            .revived,
            .boot,
            .to(.stopping),
            .to(.revivingAgain),
            .on,
            "the old one has its workers, stable, and answers; nothing to do if it was not drained"
        ),
        edge(
            .revivingAgain,
            .raise,
            .revived,
            .boot,
            .to(.stopping),
            .to(.dirty),
            .on,
            "the same, worker by worker"
        ),
        edge(.stopping, .stop, .newGone, .stop, .to(.repairing), .to(.pressing), .on, "nothing of the new one lives"),
        edge(.pressing, .press, .newGone, .seconds(10), .to(.repairing), .to(.killing), .on, "the same, told quickly"),
        edge(
            .killing,
            .kill,
            .newGone,
            .seconds(5),
            .to(.repairing),
            .to(.dirty),
            .on,
            "the same, by KILL, workers first"
        ),
        edge(
            .repairing,
            .repair,
            .pidFiles,
            .seconds(8),
            .to(.starting),
            .to(.dirty),
            .on,
            "the pid file names the old one, and there is no second"
        ),
        edge(
            .starting,
            .start,
            .running,
            .boot,
            .to(.returned),
            .to(.dirty),
            .on,
            "a master with workers lives; started anew only if the old one has ended"
        ),
        edge(
            .returned,
            .probe,
            .answersOld,
            .soak,
            .to(.undone),
            .to(.dirty),
            .on,
            "the old release answers, so many times in a row"
        ),
    ]
}
