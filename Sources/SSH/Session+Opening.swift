import Reactor
import Shell

/// From nothing to a session that is logged in: what `Lifecycle` says is done here.
extension Session {
    func open(_ done: @escaping (SSHError?) -> Void) {
        loop.preconditionOnLoop()
        whenOpen = done
        perform(lifecycle.start())
    }

    func perform(_ action: Lifecycle.Action) {
        switch action {
        case .connect(let place):
            setDeadline(carrier.patience(target.timeouts.connect))
            carrier.connect(to: place, within: target.timeouts.connect)
        case .handshake: startHandshake()
        case .judgeHostKey: judgeHostKey()
        case .logIn(let step): logIn(step)
        case .opened: becomeUp()
        case .fail(let error): fail(error)
        case .nothing: break
        }
    }

    func logIn(_ step: Login.Action) {
        switch step {
        case .offer(let index):
            usedKey = target.keys[index]
            operations.append(.offer(offer(target.keys[index])))
        case .listMethods: operations.append(.listMethods)
        case .password: operations.append(.password(target.password ?? ""))
        case .answerPrompts: operations.append(.answers(PromptAnswers(password: target.password ?? "")))
        case .open, .fail: break
        }
        drive()
    }

    /// Whoever signs has a patience of its own, such as that of an agent somebody confirms at: meanwhile the server is not
    /// to blame.
    func offer(_ key: any Signer) -> KeyOffer {
        KeyOffer(key, on: loop) { [weak self] in
            self?.cancelDeadline()
        } whenReady: { [weak self] in
            guard let self, !isUp, handle != nil else { return }
            setDeadline(target.timeouts.login)
            drive()
        }
    }

    func startHandshake() {
        // Until the server has said something it is still about connecting.
        setDeadline(target.timeouts.connect)
        let wanted = library.preferences(knownHostKeys: target.knownTypes, target.algorithms)
        if let nothing = wanted.first(where: \.names.isEmpty) {
            let text =
                "ssh's configuration for \(target.place) leaves no \(Mismatch.words(nothing.category, withDirection: false)) that Baton uses"
            fail(SSHError(.configuration, text, hint: "`transport: openssh` connects with OpenSSH's own client"))
            return
        }
        handle = SessionHandle(wire: wire, wanted)
        guard handle != nil else {
            fail(SSHError(.configuration, "libssh2 has no memory for a session"))
            return
        }
        operations.append(.handshake)
        drive()
    }

    func judgeHostKey() {
        wire.forgetFirstBytes()
        hostKey = handle?.hostKey()
        isKnownKey = hostKey.map { target.known.contains($0) || trustsElsewhere($0) } ?? false
        if let bits = hostKey?.rsaBits, bits < target.leastRSABits {
            let text = "the host key of \(target.place) has \(bits) bits, and RequiredRSASize is \(target.leastRSABits)"
            fail(SSHError(.negotiation, text, hint: "give the host an Ed25519 key"))
            return
        }
        if onlyHostKey {
            perform(.opened)
            return
        }
        let verdict =
            hostKey.map {
                KnownHosts.judge(
                    $0,
                    known: trustsElsewhere($0) ? [$0] : target.known,
                    revoked: target.revoked,
                    authorities: target.authorities,
                    askable: library.canAskFor
                )
            } ?? .unknown
        perform(lifecycle.judged(hostKey, verdict, accepting: target.acceptsNewHostKey))
    }

    func trustsElsewhere(_ key: HostKey) -> Bool { target.known.isEmpty && target.knownElsewhere.contains(key) }

    func becomeUp() {
        cancelDeadline()
        isUp = true
        scheduleHeartbeat()
        let done = whenOpen
        whenOpen = nil
        done?(nil)
    }

    func setDeadline(_ delay: Duration) {
        cancelDeadline()
        deadline = loop.after(delay) { [self] in
            deadline = nil
            perform(lifecycle.deadlinePassed(delay.inSeconds))
        }
    }

    func cancelDeadline() {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
    }
}
