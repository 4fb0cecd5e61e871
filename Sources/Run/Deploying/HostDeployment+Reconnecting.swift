import Reactor
import SSH
import Shell

/// A link that is lost is no step that has failed.
extension HostDeployment {
    /// So long it is tried.
    private static let patience = Duration.seconds(150)

    var loop: Loop { remote.loop }

    /// Whether it was the connection, and there is one again.
    func isBack(after error: RemoteError) async -> Bool {
        switch error.kind {
        case .linkLost, .shellLost: await reconnect()
        default: false
        }
    }

    /// Until the host is there again, or is not for too long, or nobody waits any more.
    func reconnect() async -> Bool {
        let end = loop.now + Self.patience
        var pause = Duration.milliseconds(500)
        while !isCancelled {
            do throws(SSHError) {
                try await remote.reopen()
                return true
            } catch {
                guard error.mayPass, loop.now + pause < end else { return false }
            }
            await sleep.wait(pause)
            pause = min(pause * 2, .seconds(5))
        }
        return false
    }
}

extension SSHError {
    /// What a cable, a boot or a busy server is the reason for.
    fileprivate var mayPass: Bool {
        switch kind {
        case .refused, .unreachable, .timedOut, .droppedBeforeBanner, .dropped: true
        default: false
        }
    }
}
