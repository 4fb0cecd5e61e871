import Reactor

/// One jump host and the sessions with it, shared by all hosts behind it. Confined to the loop's thread.
///
/// A session opens one connection at a time, and a request to a host that does not answer holds up those behind it: so
/// whoever is free takes the next request, and while requests wait, another session is opened, up to a few, one after the
/// other. What a login to the jump host fails with for good is remembered: a wrong key must not be tried again for every
/// host behind it, or the jump host bans this machine.
final class Bastion {
    /// Far below MaxStartups, and enough for some slow hosts among many.
    static let sessionLimit = 4
    /// So many waiting requests are worth another session.
    static let crowd = 16
    /// A request that takes longer than this is taken for one that will not be answered soon.
    static let slow = Duration.seconds(1)

    private final class Member {
        let session: Session
        /// The request it is opening a connection for, and since when.
        var request: (carrier: TunnelCarrier, since: Instant)?
        init(_ session: Session) { self.session = session }
    }

    let target: Target
    /// Its owner.
    private unowned let connector: Connector
    private let loop: Loop
    private var members: [Member] = []
    private var waiting: [TunnelCarrier] = []
    private var opening: Connector.Opening?
    private var isOpening = false
    private var failure: SSHError?
    private var isClosed = false

    init(_ target: Target, _ connector: Connector, on loop: Loop) {
        self.target = target
        self.connector = connector
        self.loop = loop
    }

    func ask(_ request: TunnelCarrier) {
        waiting.append(request)
        dispatch()
    }

    func withdraw(_ request: TunnelCarrier) { waiting.removeAll { $0 === request } }

    /// The connection was opened, or was refused.
    func answered(_ request: TunnelCarrier) {
        for member in members where member.request?.carrier === request { member.request = nil }
        dispatch()
    }

    private func dispatch() {
        if isClosed { return failAll(SSHError(.cancelled, "the connection to \(target.place) was given up")) }
        if let failure { return failAll(failure) }
        for member in members where member.request == nil && !waiting.isEmpty {
            let request = waiting.removeFirst()
            member.request = (request, loop.now)
            request.start(on: member.session)
            loop.after(Self.slow) { [weak self] in self?.dispatch() }
        }
        if wantsSession { openSession() }
    }

    private var wantsSession: Bool {
        if waiting.isEmpty || isOpening || members.count >= Self.sessionLimit { return false }
        let now = loop.now
        return waiting.count > Self.crowd * members.count
            || members.allSatisfy { $0.request.map { now - $0.since >= Self.slow } ?? false }
    }

    private func openSession() {
        isOpening = true
        opening = connector.open(target) { [weak self] result in
            guard let self, !isClosed else {
                if case .success(let session) = result { session.close() }
                return
            }
            isOpening = false
            switch result {
            case .success(let session): joined(session)
            case .failure(let error): refused(error)
            }
            dispatch()
        }
    }

    private func joined(_ session: Session) {
        let member = Member(session)
        members.append(member)
        session.whenLost = { [weak self, weak member] _ in
            guard let self, let member else { return }
            members.removeAll { $0 === member }
        }
    }

    private func refused(_ error: SSHError) {
        let named = SSHError(error.kind, "jump host \(target.name): \(error.message)", hint: error.hint)
        if !error.isTransient { failure = members.isEmpty ? named : nil }
        // With a session that stands, the requests go on waiting for it.
        if members.isEmpty { failAll(named) }
    }

    private func failAll(_ error: SSHError) {
        let requests = waiting
        waiting = []
        for request in requests { request.fail(error) }
    }

    func close() {
        isClosed = true
        opening?.cancel()
        opening = nil
        failAll(SSHError(.cancelled, "the connection to \(target.place) was given up"))
        for member in members { member.session.close() }
        members = []
    }
}
