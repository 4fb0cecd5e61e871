/// How one request ended. Every request that was due has exactly one.
package enum Outcome: Hashable, Sendable {
    /// A whole, good answer in time.
    case ok
    /// A kept connection that had been idle went away under the request that was just sent on it. HTTP allows it, and
    /// clients send such a request again; so it is counted apart and is no failure.
    case keptConnectionClosed

    /// Nobody listens: refused, or no such socket.
    case refused
    case connectTimeout
    /// Any other reason of the kernel's not to connect.
    case connectFailed
    /// A reset before the first byte of an answer.
    case reset
    /// The connection was closed in good order before the first byte of an answer.
    case emptyReply
    /// A reset inside the answer.
    case resetInAnswer
    /// The connection was closed in good order inside the answer.
    case truncated
    /// No whole answer within the limit at which a client gives up.
    case unanswered
    /// What came is no HTTP/1.1 answer.
    case malformed
    case badStatus(Int)
    /// The answer is of a release that may not answer at this moment.
    case wrongVersion
    /// Status and release are right, the text is not: an upload that was cut, say.
    case wrongBody
    /// A whole, good answer, but late.
    case late

    /// The load's own bound on connections was reached, so that the request was never sent.
    case unsent
    /// The load was stopped while the request was on its way.
    case abandoned

    /// What nobody saw the end of is a failure too: nothing may look better for having been watched badly.
    package var isFailure: Bool {
        switch self {
        case .ok, .keptConnectionClosed: false
        default: true
        }
    }

    /// What a machine that cannot keep up brings by itself. Only for tests of what else is seen: where nothing may be
    /// lost, these are failures like any other.
    package var isSlowness: Bool {
        switch self {
        case .connectTimeout, .unanswered, .late, .unsent, .abandoned: true
        default: false
        }
    }
}

extension Outcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ok: "ok"
        case .keptConnectionClosed: "kept connection closed"
        case .refused: "connection refused"
        case .connectTimeout: "connect timeout"
        case .connectFailed: "not connected"
        case .reset: "reset before an answer"
        case .emptyReply: "empty reply"
        case .resetInAnswer: "reset inside the answer"
        case .truncated: "truncated"
        case .unanswered: "unanswered"
        case .malformed: "malformed"
        case .badStatus(let status): "status \(status)"
        case .wrongVersion: "wrong version"
        case .wrongBody: "wrong body"
        case .late: "late"
        case .unsent: "unsent"
        case .abandoned: "abandoned"
        }
    }
}

/// What the load was asked to do and will not or cannot.
package struct LoadError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
