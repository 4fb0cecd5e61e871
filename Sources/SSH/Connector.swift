import CSystem
package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Opens sessions: finds addresses, goes through jump hosts, and tries a second time with keys that the first connection
/// had no room for. One per run, confined to the loop's thread; it owns the sessions with jump hosts.
package final class Connector: @unchecked Sendable {
    // Unchecked: touched on the loop's thread only, which every way in makes sure of.
    package let loop: Loop
    private let library: Library
    private var bastions: [String: Bastion] = [:]
    /// What was accepted in this run; several hosts may be one place.
    package private(set) var acceptedKeys: [(target: Target, key: HostKey)] = []
    /// Told of each of them once.
    package var whenAccepted: ((Target, HostKey) -> Void)?
    /// libssh2 wants to know of a socket whether it blocks, and has no other use for one here.
    private var placeholder: [Int32] = [-1, -1]

    package init(_ library: Library, on loop: Loop) {
        self.library = library
        self.loop = loop
    }

    deinit { for fd in placeholder where fd >= 0 { shut(fd) } }

    private func makePlaceholder() throws(SystemError) {
        guard placeholder[0] < 0 else { return }
        try SystemError.check(baton_pipe(&placeholder), "make a pipe")
        try SystemError.check(baton_set_nonblocking(placeholder[0]), "set up a pipe")
    }

    /// A connection that is being made.
    final class Opening {
        fileprivate let target: Target
        fileprivate let onlyHostKey: Bool
        fileprivate var session: Session?
        private var done: ((Result<Session, SSHError>) -> Void)?

        fileprivate init(_ target: Target, _ onlyHostKey: Bool, _ done: @escaping (Result<Session, SSHError>) -> Void) {
            self.target = target
            self.onlyHostKey = onlyHostKey
            self.done = done
        }

        fileprivate var isOver: Bool { done == nil }

        fileprivate func finish(_ result: Result<Session, SSHError>) {
            let done = done
            self.done = nil
            session = nil
            done?(result)
        }

        /// Lets go of it; whoever asked is told, unless that has happened already.
        func cancel() {
            let session = session
            finish(.failure(SSHError(.cancelled, "the connection to \(target.place) was given up")))
            session?.close()
        }
    }

    /// `done` is called once, possibly before this returns.
    func open(
        _ target: Target,
        onlyHostKey: Bool = false,
        _ done: @escaping (Result<Session, SSHError>) -> Void
    ) -> Opening {
        loop.preconditionOnLoop()
        let opening = Opening(target, onlyHostKey, done)
        do throws(SystemError) {
            try makePlaceholder()
            open(target, [], opening)
        } catch {
            opening.finish(.failure(SSHError(.configuration, error.description)))
        }
        return opening
    }

    private func open(_ target: Target, _ alreadyTried: [String], _ opening: Opening) {
        withCarrier(target) { [self] result in
            let carrier: any Carrier
            switch result {
            case .failure(let error): return opening.finish(.failure(error))
            case .success(let made): carrier = made
            }
            if opening.isOver {
                carrier.close()
                return
            }
            let session = Session(
                target,
                carrier,
                library,
                placeholder: placeholder[0],
                alreadyTried: alreadyTried,
                onlyHostKey: opening.onlyHostKey,
                on: loop
            )
            opening.session = session
            session.open { [self] error in
                guard let error else {
                    if let problem = noteHostKey(of: session, target) {
                        session.close()
                        return opening.finish(.failure(problem))
                    }
                    return opening.finish(.success(session))
                }
                // One more connection and not two: since 9.8 sshd bans addresses that fail three times in a row.
                let rest = target.keys.dropFirst(session.lifecycle.login.offered)
                let isFirst = alreadyTried.isEmpty && session.lifecycle.login.offered > 0
                guard error.kind == .authentication, isFirst, !rest.isEmpty, !opening.isOver else {
                    return opening.finish(.failure(error))
                }
                var next = target
                next.keys = Array(rest)
                open(next, session.lifecycle.login.history, opening)
            }
        }
    }

    private func noteHostKey(of session: Session, _ target: Target) -> SSHError? {
        let opened = session.opened
        guard opened.isNewHostKey, !session.onlyHostKey, let key = opened.hostKey else { return nil }
        if let known = acceptedKeys.first(where: { $0.target.knownAs == target.knownAs })?.key {
            if known == key { return nil }
            return SSHError(
                .hostKeyChanged(offered: key, known: [known]),
                "\(target.place) showed two host keys in one run: \(known.fingerprint) and \(key.fingerprint)",
                hint: "something stands between this machine and the host"
            )
        }
        acceptedKeys.append((target, key))
        whenAccepted?(target, key)
        return nil
    }

    private func withCarrier(_ target: Target, _ done: @escaping (Result<any Carrier, SSHError>) -> Void) {
        switch target.route {
        case .jump(let hop): done(.success(TunnelCarrier(to: target, through: bastion(hop), on: loop)))
        case .command(let program): done(.success(ProgramCarrier(program, to: target.place, on: loop)))
        case .direct:
            let (port, limit) = (target.port, target.timeouts.connect)
            loop.resolve(target.address, port: port, target.addressFamily, within: limit) { [loop] answer in
                switch answer {
                case .success(let addresses):
                    let timeouts = target.timeouts
                    let patience = timeouts.heartbeat * (timeouts.missedHeartbeats + 1)
                    done(.success(SocketCarrier(addresses, port: port, patience: patience, on: loop)))
                case .failure(let error):
                    let text = "the name \(error.name) has no address: \(error.reason)"
                    done(
                        .failure(
                            SSHError(.nameUnknown, text, hint: "is it spelled right? ansible_host can name the address")
                        )
                    )
                }
            }
        }
    }

    private func bastion(_ hop: Target) -> Bastion {
        if let bastion = bastions[hop.identity] { return bastion }
        let bastion = Bastion(hop, self, on: loop)
        bastions[hop.identity] = bastion
        return bastion
    }

    /// Lets go of the sessions with jump hosts.
    package func close() {
        loop.preconditionOnLoop()
        let open = bastions.values
        bastions = [:]
        for bastion in open { bastion.close() }
    }
}

/// Outside the class, where `close` is the connector's.
private func shut(_ fd: Int32) { _ = close(fd) }
