import CSystem
package import Reactor
import Text

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An agent that cannot be asked, or what it did instead of answering.
package struct AgentError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// There is no such socket, or nobody behind it.
        case unreachable
        case silent
        case closed
        /// It speaks something else.
        case nonsense
        /// It answers "no".
        case refused
    }

    package let kind: Kind
    package let description: String
}

/// A connection to one ssh-agent, shared by all hosts and confined to the loop's thread. libssh2's own agent code blocks,
/// takes a connection per session and signs RSA with SHA-1 only.
///
/// Requests are answered in the order they were sent: the protocol has no numbers. So an agent that stays silent fails
/// everything that waits for it, and a request is sent again at most once, when the agent hung up instead of answering.
package final class Agent: Handler, @unchecked Sendable {
    // Unchecked: confined to the loop's thread, and every entry says so with a precondition.

    private struct Request {
        let message: [UInt8]
        var isSecondAttempt = false
        let done: (Result<AgentAnswer, AgentError>) -> Void
    }

    private enum State {
        case away
        case connecting
        case connected
    }

    package let path: String
    let loop: Loop
    /// How long the agent may take for one answer; somebody may have to confirm.
    private let patience: Duration
    private var state = State.away
    private var fd: Int32 = -1
    private var registration: Registration?
    private var deadline: Loop.Timer?
    private var connectStart: Instant?
    private var waiting: [Request] = []
    private var inFlight: [Request] = []
    private var outgoing: [UInt8] = []
    private var frames = AgentFrames()
    private var known: AgentIdentities?
    private var listeners: [CheckedContinuation<Result<AgentIdentities, AgentError>, Never>] = []

    /// An agent works on one request at a time; more than a few only sit in its buffers.
    private static let inFlightLimit = 16

    package init(_ path: String, on loop: Loop, patience: Duration = .seconds(30)) {
        self.path = path
        self.loop = loop
        self.patience = patience
    }

    /// How messages call it.
    var place: String { "the agent at \(Printable.line(path, limit: 200))" }

    // MARK: Asking

    /// What the agent holds, asked once and remembered; `again` asks anew.
    package func identities(again: Bool = false) async throws(AgentError) -> AgentIdentities {
        loop.preconditionOnLoop()
        if !again, let known { return known }
        return try await withCheckedContinuation { continuation in
            listeners.append(continuation)
            // Whoever asks while an answer is on its way gets that one.
            if listeners.count == 1 { ask(.identities) { [self] in listed($0) } }
        }.get()
    }

    private func listed(_ answer: Result<AgentAnswer, AgentError>) {
        let result: Result<AgentIdentities, AgentError>
        switch answer {
        case .failure(let error): result = .failure(error)
        case .success(.identities(let list)): result = .success(AgentIdentities(list, self))
        case .success(.failure): result = .failure(error(.refused, "refuses to say which keys it has"))
        case .success(.signature): result = .failure(error(.nonsense, "answered with a signature to a question"))
        }
        if case .success(let identities) = result { known = identities }
        let told = listeners
        listeners = []
        for listener in told { listener.resume(returning: result) }
    }

    func ask(_ request: AgentRequest, _ done: @escaping (Result<AgentAnswer, AgentError>) -> Void) {
        loop.preconditionOnLoop()
        waiting.append(Request(message: request.bytes, done: done))
        pump()
    }

    /// Lets go of the connection; what is not answered fails.
    package func close() {
        loop.preconditionOnLoop()
        failAll(error(.closed, "is not asked any more"))
    }

    // MARK: Sending

    private func pump() {
        switch state {
        case .connecting: return
        case .away:
            if !waiting.isEmpty { connect() }
        case .connected:
            guard inFlight.count < Self.inFlightLimit, !waiting.isEmpty else { return }
            let isFirst = inFlight.isEmpty
            let next = waiting.prefix(Self.inFlightLimit - inFlight.count)
            inFlight += next
            waiting.removeFirst(next.count)
            for request in next { outgoing += request.message }
            if isFirst { restartDeadline() }
            flush()
        }
    }

    private func connect() {
        if connectStart == nil { connectStart = loop.now }
        let result = path.contains("\0") ? -EINVAL : baton_connect_path(path)
        if result == -EAGAIN, let start = connectStart, loop.now - start < patience {
            // More clients than the agent's queue holds; there is nothing to wait for but time.
            state = .connecting
            loop.after(.milliseconds(20)) { [self] in
                guard state == .connecting, fd < 0 else { return }
                state = .away
                pump()
            }
            return
        }
        connectStart = nil
        guard result >= 0 else {
            failAll(error(.unreachable, "cannot be reached: \(SystemError.text(of: -result))"))
            return
        }
        fd = result
        state = .connecting
        restartDeadline()
        watch([.read, .write])
    }

    private func flush() {
        while !outgoing.isEmpty {
            let sent = outgoing.withUnsafeBytes { baton_send(fd, $0.baseAddress, $0.count) }
            if sent == -Int(EAGAIN) { break }
            // Receiving says why, and may still bring answers.
            if sent < 0 { outgoing = [] } else { outgoing.removeFirst(sent) }
        }
        watch(outgoing.isEmpty ? .read : [.read, .write])
    }

    private func watch(_ interest: Interest) {
        do throws(SystemError) {
            if let registration {
                try loop.update(registration, interest)
            } else {
                registration = try loop.register(fd, interest, self)
            }
        } catch {
            let failure = self.error(.unreachable, "cannot be watched: \(error.reason)")
            loop.after(.zero) { [self] in failAll(failure) }
        }
    }

    // MARK: Receiving

    package func ready(_ readiness: Readiness) {
        if state == .connecting {
            let code = baton_socket_error(fd)
            if code != 0 {
                failAll(error(.unreachable, "cannot be reached: \(SystemError.text(of: code))"))
                return
            }
            state = .connected
            cancelDeadline()
            watch(.read)
            pump()
            return
        }
        if readiness.contains(.write) { flush() }
        guard readiness.contains(.read) else { return }
        let count = baton_receive(fd, loop.scratch.baseAddress, loop.scratch.count)
        if count == -Int(EAGAIN) { return }
        if count <= 0 {
            hungUp()
            return
        }
        frames.append(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
        deliver()
    }

    private func deliver() {
        // Whoever is told may ask again, or close.
        let connection = registration
        while connection == registration, state == .connected {
            let message: [UInt8]?
            do throws(AgentFrames.TooLong) {
                message = try frames.next()
            } catch {
                failAll(self.error(.nonsense, "announced an answer of \(error.count) bytes"))
                return
            }
            guard let message else { break }
            guard !inFlight.isEmpty, let answer = AgentAnswer(message) else {
                failAll(error(.nonsense, "does not speak the agent protocol"))
                return
            }
            let request = inFlight.removeFirst()
            restartDeadline()
            request.done(.success(answer))
        }
        pump()
    }

    /// Agents close idle connections, and are restarted: what was not answered is asked once more.
    private func hungUp() {
        disconnect()
        let lost = inFlight
        inFlight = []
        let failure = error(.closed, "closed the connection instead of answering")
        let again = lost.filter { !$0.isSecondAttempt }
        waiting.insert(
            contentsOf: again.map { Request(message: $0.message, isSecondAttempt: true, done: $0.done) },
            at: 0
        )
        for request in lost where request.isSecondAttempt { request.done(.failure(failure)) }
        pump()
    }

    // MARK: Ending

    private func restartDeadline() {
        cancelDeadline()
        if state == .connected, inFlight.isEmpty { return }
        deadline = loop.after(patience) { [self] in
            deadline = nil
            failAll(error(.silent, "did not answer within \(Int(patience.inSeconds.rounded(.up))) s"))
        }
    }

    private func cancelDeadline() {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
    }

    private func disconnect() {
        cancelDeadline()
        state = .away
        connectStart = nil
        outgoing = []
        frames = AgentFrames()
        if let registration { loop.unregister(registration) }
        registration = nil
        if fd >= 0 { shut(fd) }
        fd = -1
    }

    private func failAll(_ error: AgentError) {
        disconnect()
        let failed = inFlight + waiting
        inFlight = []
        waiting = []
        for request in failed { request.done(.failure(error)) }
    }

    private func error(_ kind: AgentError.Kind, _ what: String) -> AgentError {
        AgentError(kind: kind, description: "\(place) \(what)")
    }
}

/// Outside the class, where `close` is another one.
private func shut(_ fd: Int32) { _ = close(fd) }
