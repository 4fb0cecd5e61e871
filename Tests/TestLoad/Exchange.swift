package import Reactor

/// One request from the moment it was due to its outcome. A value: sockets and clocks are the connection's.
package struct Exchange: Sendable {
    /// How a connection ended.
    package enum Ending: Sendable {
        case closed
        case reset
    }

    /// How long a client waits for what.
    package struct Limits: Sendable {
        package var connect: Duration = .seconds(5)
        /// A good answer later than this is late.
        package var late: Duration = .seconds(10)
        /// Without an answer by then the client gives up.
        package var answer: Duration = .seconds(20)
        /// A kept connection that is closed in good order so soon after a request was sent on it was closed by a server
        /// that had not read the request: later it had, and the request is lost.
        package var race: Duration = .milliseconds(100)

        package init() {}
    }

    package let request: Request
    /// When it was to be sent. Latency counts from here: what waits behind a stall is part of the stall.
    package let due: Instant
    package let limits: Limits
    /// On a connection that has carried an answer before.
    package let isReused: Bool
    package private(set) var sent: Instant?
    private var written: Instant?
    package private(set) var parser = ResponseParser()
    /// Why, where the outcome alone does not say it.
    package private(set) var detail = ""

    package init(_ request: Request, due: Instant, limits: Limits, isReused: Bool) {
        self.request = request
        self.due = due
        self.limits = limits
        self.isReused = isReused
    }

    /// Before the first byte goes.
    package mutating func begin(at now: Instant) { sent = now }

    /// When the last byte has gone.
    package mutating func wrote(at now: Instant) { written = written ?? now }

    /// The release that the answer names; nil as long as there is no whole answer.
    package var version: String? {
        parser.isComplete ? parser.head.values(Request.versionField).first : nil
    }

    /// Takes bytes of the answer; nil as long as it goes on.
    package mutating func received(_ bytes: some Collection<UInt8>, at now: Instant, _ rule: VersionRule) -> Outcome? {
        do throws(ResponseParser.Malformed) {
            return try parser.feed(bytes) ? judge(at: now, rule) : nil
        } catch {
            detail = error.reason
            return .malformed
        }
    }

    /// The connection ended before the answer was whole, or just with it.
    package mutating func ended(_ ending: Ending, at now: Instant, _ rule: VersionRule) -> Outcome {
        if parser.hasBegun {
            if ending == .reset { return .resetInAnswer }
            return parser.end() ? judge(at: now, rule) : .truncated
        }
        if isReused, request.isRepeatable {
            // A reset says that the server's kernel still had the request, or got it too late. An end in good order
            // says nothing of that, so it counts only at once.
            if ending == .reset || now - (written ?? now) <= limits.race { return .keptConnectionClosed }
        }
        return ending == .reset ? .reset : .emptyReply
    }

    private mutating func judge(at now: Instant, _ rule: VersionRule) -> Outcome {
        let status = parser.head.status
        guard (200...299).contains(status) else { return .badStatus(status) }
        guard rule.permits(version, sent: sent ?? due, answered: now) else {
            detail = version.map { "answered by release \($0)" } ?? "the answer names no release"
            return .wrongVersion
        }
        if let expected = request.expects, !String(decoding: parser.body, as: UTF8.self).contains(expected) {
            detail = "without \(expected)"
            return .wrongBody
        }
        return now - due > limits.late ? .late : .ok
    }
}
