/// What a service is on a host, as the supervisor and the kernel tell it.
package struct ServiceSighting: Equatable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case running, starting, stopping, stopped
        /// Its supervisor gave up on it.
        case failed
        /// It ended, and its supervisor waits before the next try.
        case backoff
        /// Its supervisor does not know it.
        case absent
        case unknown

        /// It is there, or is to be.
        package var isUp: Bool { self == .running || self == .starting || self == .backoff }
    }

    package struct Member: Equatable, Sendable {
        package var name: String
        package var state: State
        package var pid: Int?
        /// Automatic ones, where the supervisor counts.
        package var restarts: Int?
        /// Its process is older than what it would be born with now; nil where nobody can tell.
        package var isDue: Bool? = false
        /// It runs, and has not been up for `start_seconds`.
        package var isYoung = false
        /// In seconds.
        package var uptime: Int?
        /// The supervisor's own words.
        package var detail = ""
        package var log: String?
        /// Whose own directory has the log; only that user reads it.
        package var logOwner: String?

        package init(_ name: String, _ state: State) {
            self.name = name
            self.state = state
        }
    }

    /// What Baton put on the host.
    package struct Manifest: Equatable, Sendable {
        package var supervisor: Supervisor
        package var whole: String
        package var startsAtBoot: Bool
        /// Its files and links.
        package var paths: [String] = []

        package init(supervisor: Supervisor, whole: String, startsAtBoot: Bool) {
            self.supervisor = supervisor
            self.whole = whole
            self.startsAtBoot = startsAtBoot
        }
    }

    /// How long each member has, as its definition or its unit says.
    package struct Times: Equatable, Sendable {
        package var start: Int
        package var stop: Int
        /// Until it runs.
        package var boot: Int

        package init(start: Int, stop: Int, boot: Int) {
            self.start = start
            self.stop = stop
            self.boot = boot
        }

        /// To be stopped and started, and some more for being seen to come true.
        package var member: Int { boot + start + 2 * stop + 20 }
    }

    package var times: Times?
    /// The supervisors that run there.
    package var supervisors: [SupervisorVersion] = []
    package var manifest: Manifest?
    package var members: [Member] = []
    /// Nil where nobody knows.
    package var isEnabled: Bool?
    /// Its supervisor runs.
    package var isSupervised = true
    /// Files of a definition of that name that Baton did not write.
    package var foreign: [String] = []
    /// The beginning and the last line of the last change, if that was ended before it was done:
    /// `restart pid 1234 by root: stop web@1.service pid 1300`.
    package var unfinished: String?
    /// Who changes it at this moment, and since when.
    package var busy: String?

    package init() {}

    /// How long it takes at most to change all that is there.
    package var timeout: Duration? { times.map { .seconds(max(members.count, 1) * $0.member) } }
}
