/// What a controller asks of the host in a takeover.
package enum HandoverCall: Hashable, Sendable, CaseIterable {
    /// The directory with everything in it, whole or not at all.
    case put
    case renew
    /// Gives the lease back: a guard that has nothing to undo ends at once.
    case release
    case arm
    case proof
    case go
    /// The journal from a line on, and where it stands.
    case look
    case confirm
    case abort
    /// After a boot in the middle.
    case heal
    /// Starts the guard again where nobody drives any more.
    case rearm
}

/// Over which connection.
package enum HandoverWay: Equatable, Sendable {
    /// The one that there is, in its turn.
    case main
    /// The same connection, beside whatever runs.
    case beside
    /// One that is made for it and ends with it, as a logout does.
    case fresh
    /// One that was opened for it before; a new one where that is gone.
    case spare
}

/// How a call came back.
package enum HandoverAnswer: Equatable, Sendable {
    /// The host answered; a status is data.
    case replied(status: Int32, stdout: [UInt8], stderr: [UInt8])
    /// Its end was not seen: it may have been done.
    case lost(String)
    /// There was no connection to send it over. `passes`: it may be there in a moment.
    case unreachable(String, passes: Bool)
    /// It cannot be sent at all, and was not.
    case impossible(String)
}

/// What the shell around a session does. Calls run beside each other; each is answered once.
package enum HandoverAction: Equatable, Sendable {
    case call(HandoverCall, HandoverWay)
    /// Connects anew in place of the connection that is lost; what was on its way over that one is lost.
    case connect
    /// Opens a connection for `spare`.
    case openSpare
    case tell(HandoverNews)
    /// Nothing follows.
    case finish(HandoverEnding)
}
