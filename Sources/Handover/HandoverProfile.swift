/// What is particular to a server that is taken over by a second master: signals, pid files, and what its processes look
/// like. Data, because the same signal means opposite things to two servers, or to two versions of one.
package struct HandoverProfile: Equatable, Sendable {
    /// Whose pid the second file holds while both masters live.
    package enum SideHolds: String, Sendable {
        /// The old one keeps its file, the new one has a second until it is alone.
        case new
        /// The old one moves aside, and the new one has the usual file from its start.
        case old
    }

    /// When the old one is told to have workers again, on the way back.
    package enum Revival: String, Sendable {
        /// Whenever it was to be told to drain: telling it once too often is a reload, and loses nothing.
        case intent
        /// Only where workers are missing: told once too often it has twice as many.
        case evidence
    }

    /// What becomes of a drain that shows no effect.
    package enum IgnoredDrain: String, Sendable {
        /// Both serve until the old one stops.
        case skip
        case rollback
    }

    package var name: String
    /// A part of the master's command line.
    package var command: String
    package var sideSuffix: String
    package var sideHolds: SideHolds
    package var upgrade: HandoverSignal = .usr2
    /// Nil: this server cannot drain without stopping.
    package var drain: HandoverSignal? = .winch
    package var ignoredDrain: IgnoredDrain = .skip
    package var finalStop: HandoverSignal
    /// Where this is what `raise` is, one for each worker.
    package var revive: HandoverSignal? = .hup
    package var revival: Revival = .intent
    /// Adds one worker; the second attempt to revive.
    package var raise: HandoverSignal?
    /// Asked with the first, told with the second.
    package var newStop: [HandoverSignal]
    /// The pid file must go before the old one may be killed.
    package var killRemovesPidFile = false
    /// What workers call themselves, where their master has other children too.
    package var workerTitle: String?
    package var drainingTitle: String?
    /// The new release must have answered before the old one is drained. Not where the kernel may give all connections to
    /// the old one's workers for as long as they take them.
    package var mustAnswerFirst = true
    /// Until there is a second process; until it has its workers; until the old one has stopped.
    package var forkSeconds = 5
    package var bootSeconds = 60
    package var drainSeconds = 40
    package var stopSeconds = 40

    package init(
        name: String,
        command: String,
        sideSuffix: String,
        sideHolds: SideHolds,
        finalStop: HandoverSignal,
        newStop: [HandoverSignal]
    ) {
        self.name = name
        self.command = command
        self.sideSuffix = sideSuffix
        self.sideHolds = sideHolds
        self.finalStop = finalStop
        self.newStop = newStop
    }
}

/// Signals by the names that every `kill` knows.
package enum HandoverSignal: String, CaseIterable, Sendable {
    case hup = "HUP"
    case int = "INT"
    case quit = "QUIT"
    case kill = "KILL"
    case usr1 = "USR1"
    case usr2 = "USR2"
    case term = "TERM"
    case ttin = "TTIN"
    case ttou = "TTOU"
    case tstp = "TSTP"
    case winch = "WINCH"
}
