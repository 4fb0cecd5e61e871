import CLibSSH2
import Reactor

/// Stepping libssh2: operations, channels, and the way to the socket. No policy: what a result means is decided by
/// `Lifecycle` and by the channels' owners.
extension Session {
    /// Steps everything until all of it would block. Each turn needs progress, so it ends when the bytes do.
    func drive() {
        if isDriving {
            mustDriveAgain = true
            return
        }
        isDriving = true
        repeat {
            mustDriveAgain = false
            while handle != nil, turn() {}
            flush()
            guard handle != nil, let end = wire.ended else { continue }
            if wire.tellsEnd {
                linkIsLost(end.reason)
            } else {
                // All that had arrived is read out by now; libssh2 may hear of the end, and once more nothing blocks.
                wire.startTellingEnd()
                mustDriveAgain = true
            }
        } while mustDriveAgain
        isDriving = false
    }

    private func turn() -> Bool {
        var progressed = false
        if !operations.isEmpty { progressed = stepOperation() }
        // Before the channels are read: it may take in what is meant for them.
        for channel in retired where handle != nil && channel.freeStep() { retired.removeAll { $0 === channel } }
        for channel in channels where channel.state != .ended && handle != nil {
            progressed = serve(channel) || progressed
        }
        return progressed
    }

    private func stepOperation() -> Bool {
        let step: Step
        var methods: [String]?
        switch operations[0] {
        case .handshake: step = handle!.handshake(fd: placeholder)
        case .offer(let offer): step = handle!.authenticate(user: target.user, offering: offer, library: library)
        case .password(let password): step = handle!.authenticate(user: target.user, password: password)
        case .answers(let answers): step = handle!.authenticate(user: target.user, answering: answers, wire)
        case .listMethods: (methods, step) = handle!.loginMethods(user: target.user)
        case .open(let channel): step = stepOpening(channel)
        }
        if step == .wouldBlock { return false }
        // A step that ended everything has emptied the queue.
        guard handle != nil, !operations.isEmpty else { return false }
        switch operations.removeFirst() {
        case .handshake: perform(lifecycle.handshakeEnded(failure(step)))
        case .open(let channel): openingEnded(channel, step)
        case .listMethods where step == .done:
            perform(lifecycle.loginAnswered(methods.map { .methods($0) } ?? .accepted))
        case .answers(let answers): loginStepEnded(step, answers: answers)
        case .offer(let offer): loginStepEnded(step, offer: offer)
        case .listMethods, .password: loginStepEnded(step)
        }
        return true
    }

    private func loginStepEnded(_ step: Step, offer: KeyOffer? = nil, answers: PromptAnswers? = nil) {
        if answers?.wasGiven == true { lifecycle.notePasswordWentOut() }
        guard let failure = failure(step) else {
            if offer == nil { usedKey = nil }
            perform(lifecycle.loginAnswered(.accepted))
            return
        }
        // A server that has had enough says so in a message that libssh2 reports as a refusal, in these words.
        if failure.linkEnded || failure.text.hasPrefix("Waiting for") {
            perform(lifecycle.loginAnswered(.hungUp))
        } else if let problem = offer?.problem {
            perform(lifecycle.loginAnswered(.unable(problem)))
        } else if let question = answers?.unanswerable {
            perform(lifecycle.loginAnswered(.unanswerable(question)))
        } else if failure.code == LIBSSH2_ERROR_PASSWORD_EXPIRED {
            perform(lifecycle.loginAnswered(.unanswerable("for a new password")))
        } else if failure.code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED, offer?.wasSigned == true {
            perform(lifecycle.loginAnswered(.notEnough))
        } else if [LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED].contains(failure.code) {
            perform(lifecycle.loginAnswered(.refused))
        } else {
            perform(lifecycle.loginBroke(failure))
        }
    }

    private func stepOpening(_ channel: Channel) -> Step {
        if !channel.openingBegan {
            if channel.state == .ended { return .done }
            channel.openingBegan = true
            channel.state = .opening
        }
        // What has begun goes on even if nobody wants it any more: libssh2 cannot take a request back.
        if channel.pointer == nil {
            let (pointer, step) = handle!.openChannel(channel.kind, window: Channel.window)
            guard step == .done else { return step }
            channel.pointer = pointer
            if channel.state == .opening { channel.state = .requesting }
        }
        guard let pointer = channel.pointer, case .command(let command) = channel.kind else { return .done }
        // Input cannot ride behind the request: OpenSSH opens the window of a session channel only when its command
        // has started (seen in 9.2).
        return handle!.startCommand(pointer, command)
    }

    private func openingEnded(_ channel: Channel, _ step: Step) {
        if channel.state == .ended {
            retire(channel)
            return
        }
        if case .failed(let code, let text) = step {
            if isLinkFailure(code) {
                linkIsLost(text)
                return
            }
            switch (channel.kind, channel.state) {
            case (.tunnel, _): end(channel, .refused(text))
            case (_, .requesting): end(channel, .refused("the server did not start the command: \(text)"))
            default: end(channel, .refused("the server opened no channel\(crowd): \(text)"))
            }
            return
        }
        channel.state = .running
        channel.consumer.started()
    }

    /// OpenSSH refuses one channel too many with the same words as anything else.
    private var crowd: String {
        let count = channels.filter { $0.state == .running }.count
        return count == 0 ? "" : " beside \(count) others (MaxSessions in its sshd_config says how many it allows)"
    }

    private func serve(_ channel: Channel) -> Bool {
        var progressed = false
        if channel.state == .running || channel.state == .closing {
            switch channel.readAll(into: spare) {
            case .done: progressed = true
            case .wouldBlock: break
            case .failed(let code, _):
                if wire.ended == nil || wire.tellsEnd { linkIsLost(reason(code)) }
                return false
            }
            if case .tunnel = channel.kind, channel.state == .running, channel.remoteHasFinished {
                // Nothing more comes, and sshd closes its side only after ours: there is no word to wait for.
                end(channel, .closed(status: nil, signal: nil))
                return true
            }
            if channel.state == .running, channel.remoteHasFinished {
                channel.state = .closing
                // The server's word on how the command ended usually comes with the end; it is not waited for long.
                loop.after(.seconds(2)) { [weak self, weak channel] in
                    guard let self, let channel else { return }
                    end(channel, .closed(status: nil, signal: nil))
                }
            }
            if channel.state == .running, !channel.isDying, let fate = channel.fate {
                // A child that it left behind holds the output; what is still on its way gets a second.
                channel.isDying = true
                loop.after(.seconds(1)) { [weak self, weak channel] in
                    if let self, let channel { end(channel, fate) }
                }
            }
            if channel.state == .closing, handle != nil, let last = channel.closeStep() {
                end(channel, last)
                return true
            }
        }
        if channel.state == .running { progressed = write(channel) || progressed }
        return progressed
    }

    private func write(_ channel: Channel) -> Bool {
        var progressed = false
        while channel.hasInput, wire.outgoingCount < Self.highWater, let code = channel.writeSome() {
            if code < 0 {
                if wire.ended == nil || wire.tellsEnd { linkIsLost(reason(code)) }
                return false
            }
            progressed = true
        }
        if progressed, !channel.hasInput { channel.consumer.hasRoom() }
        return progressed
    }

    private func flush() {
        guard handle != nil, wire.outgoingCount > 0 else { return }
        wire.takeOutgoing { carrier.send($0) }
        // The ring has room again; whoever waited for it goes on.
        if wire.outgoingCount > 0 { return }
        if channels.contains(where: { $0.hasInput && $0.state == .running }) {
            mustDriveAgain = true
        } else {
            wire.rest()
        }
    }

    /// Why the link is gone: the carrier's word where there is one, libssh2's where it gave up by itself.
    private func reason(_ code: Int32) -> String {
        if let ended = wire.ended { return ended.reason }
        return handle?.lastError() ?? "libssh2 error \(code)"
    }

    private func failure(_ step: Step) -> Lifecycle.Failure? {
        guard case .failed(let code, let text) = step else { return nil }
        return Lifecycle.Failure(
            code: code,
            text: wire.ended.map(\.reason) ?? text,
            linkEnded: wire.ended != nil || isLinkFailure(code),
            isPermanent: wire.ended?.isPermanent ?? false,
            receivedAnything: wire.receivedAnything,
            firstBytes: wire.firstBytes
        )
    }

    private func isLinkFailure(_ code: Int32) -> Bool {
        code == LIBSSH2_ERROR_SOCKET_DISCONNECT
            || wire.ended != nil
                && [LIBSSH2_ERROR_SOCKET_NONE, LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_RECV].contains(code)
    }
}
