import CLibSSH2
import CSystem
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

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
            guard handle != nil, wire.ended != nil else { continue }
            if wire.tellsEnd {
                linkIsLost(reason(0))
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
        for channel in channels where channel.state != .ended && handle != nil {
            progressed = serve(channel) || progressed
        }
        return progressed
    }

    private func stepOperation() -> Bool {
        let step: Step
        switch operations[0] {
        case .handshake: step = handle!.handshake(fd: fd)
        case .offer(let key): step = handle!.authenticate(user: target.user, with: key, library: library)
        case .open(let channel): step = stepOpening(channel)
        }
        if step == .wouldBlock { return false }
        // A step that ended everything has emptied the queue.
        guard handle != nil, !operations.isEmpty else { return false }
        switch operations.removeFirst() {
        case .handshake: perform(lifecycle.handshakeEnded(failure(step)))
        case .offer: perform(lifecycle.offerEnded(failure(step)))
        case .open(let channel): openingEnded(channel, step)
        }
        return true
    }

    private func stepOpening(_ channel: Channel) -> Step {
        if channel.state == .waiting { channel.state = .opening }
        if channel.state == .opening {
            let (pointer, step) = handle!.openChannel(window: Channel.window)
            guard step == .done else { return step }
            channel.pointer = pointer
            channel.state = .requesting
        }
        guard let pointer = channel.pointer else { return .done }
        // Input cannot ride behind the request: OpenSSH opens the window of a session channel only when its command
        // has started (seen in 9.2).
        return handle!.startCommand(pointer, channel.command)
    }

    private func openingEnded(_ channel: Channel, _ step: Step) {
        if channel.state == .ended { return }
        if case .failed(let code, let text) = step {
            if isLinkFailure(code) {
                linkIsLost(text)
                return
            }
            let wasOpen = channel.state == .requesting
            end(channel, .refused("the server \(wasOpen ? "did not start the command" : "opened no channel"): \(text)"))
            return
        }
        channel.state = .running
        channel.consumer.started()
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
        return progressed
    }

    private func flush() {
        guard fd >= 0, handle != nil else { return }
        while wire.outgoingCount > 0 {
            var result = 0
            wire.takeOutgoing { bytes in
                result = baton_send(fd, bytes.baseAddress, bytes.count)
                return max(0, result)
            }
            if result == -Int(EAGAIN) { break }
            if result < 0 {
                wire.incomingEnded(Int32(-result))
                mustDriveAgain = true
                break
            }
            // The ring has room again; whoever waited for it goes on.
            if wire.outgoingCount == 0, channels.contains(where: { $0.hasInput && $0.state == .running }) {
                mustDriveAgain = true
            }
        }
        updateInterest()
    }

    /// Why the link is gone: the socket's word where there is one, libssh2's where it gave up by itself.
    private func reason(_ code: Int32) -> String {
        if let ended = wire.ended { return ended == 0 ? "the server closed it" : SystemError.text(of: ended) }
        return handle?.lastError() ?? "libssh2 error \(code)"
    }

    func updateInterest() {
        guard let registration else { return }
        var interest: Interest = wire.ended == nil ? .read : []
        if wire.outgoingCount > 0 { interest.insert(.write) }
        do {
            try loop.update(registration, interest)
        } catch {
            linkIsLost(error.description)
        }
    }

    private func failure(_ step: Step) -> Lifecycle.Failure? {
        guard case .failed(let code, let text) = step else { return nil }
        return Lifecycle.Failure(
            code: code,
            text: text,
            linkEnded: wire.ended != nil || isLinkFailure(code),
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
