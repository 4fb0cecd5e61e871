import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program that runs beside Baton and is talked to while it does: a proxy command, a spawned `ssh`, an agent of our
/// own. Confined to the loop's thread. For a program that is only run to its end there is `Loop.run`.
///
/// It has no deadline: whoever starts one owns the deadlines, and ends it with `close()`. Until then, or until it has
/// ended and both its streams are read out, the loop keeps it alive.
package final class RunningChild {
    package enum Stream: Sendable {
        case output
        case errors
    }

    /// What is reported, never from within a call of this class, always on the loop. The exit may come before the
    /// streams end (a grandchild may hold them) or after (a daemon closes them).
    package enum Event {
        /// The bytes are valid only until the handler returns.
        case received(Stream, UnsafeRawBufferPointer)
        case ended(Stream)
        /// All that was queued by `write` has gone to the child; follows every `write` that took less than it was given.
        case drained
        /// The child takes no more input; what was queued is dropped.
        case inputClosed(SystemError)
        case exited(ChildExit)
    }

    private let loop: Loop
    package let process: Int32
    /// The status, once it has ended.
    package private(set) var exit: ChildExit?
    /// What the child says before somebody listens waits in its pipes: a task that goes on a turn later misses nothing.
    package var handler: ((Event) -> Void)? {
        didSet { if handler != nil, !isHeard { beHeard() } }
    }
    private var isHeard = false
    private let ownGroup: Bool
    private var input: ChildInput?
    private var output: ChildOutput?
    private var errors: ChildOutput?
    private var isTerminating = false
    private var killer: Loop.Timer?

    /// Starts it; nothing is reported before `handler` is set. With a group of its own, signals go to the whole
    /// group; without one, Ctrl-C on the terminal reaches the child as well. At most `inputLimit` bytes wait for it.
    package init(
        _ arguments: [String],
        environment: [String: String],
        directory: String? = nil,
        ownGroup: Bool = true,
        inputLimit: Int = 256 * 1024,
        on loop: Loop
    ) throws(SystemError) {
        loop.preconditionOnLoop()
        self.loop = loop
        self.ownGroup = ownGroup
        let spawned = try Spawned(arguments, environment, directory: directory, ownGroup: ownGroup)
        process = spawned.process
        let name = arguments.first ?? ""
        // Made first, so that every descriptor has an owner when something below fails.
        let input = ChildInput(spawned.input, limit: inputLimit, name, loop)
        let output = ChildOutput(spawned.output, loop)
        let errors = ChildOutput(spawned.errors, loop)
        do throws(SystemError) {
            _ = try ExitWatch(process, on: loop) { [self] in
                beforeReaping()
            } whenEnded: { [self] in
                ended($0)
            }
            try input.start { [self] in handler?($0) }
            output.start { [self] in received(.output, $0) }
            errors.start { [self] in received(.errors, $0) }
        } catch {
            for part in [output, errors] { part.end() }
            input.end()
            _ = baton_signal(ownGroup ? -process : process, SIGKILL)
            throw error
        }
        (self.input, self.output, self.errors) = (input, output, errors)
    }

    private func beHeard() {
        isHeard = true
        for (stream, part) in [(Stream.output, output), (.errors, errors)] {
            guard let part else { continue }
            do throws(SystemError) {
                try part.setReading(true)
            } catch {
                // What cannot be watched is over.
                part.end()
                loop.after(.zero) { [self] in received(stream, nil) }
            }
        }
        if let exit { loop.after(.zero) { [self] in handler?(.exited(exit)) } }
    }

    // MARK: Input

    /// What waits to be read by the child.
    package var queued: Int { input?.queued ?? 0 }

    /// Hands bytes over and says how many were taken; the rest is to be offered again after `.drained`.
    package func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        loop.preconditionOnLoop()
        return input?.write(bytes) ?? 0
    }

    package func write(_ bytes: some Collection<UInt8>) -> Int {
        bytes.withContiguousStorageIfAvailable { write(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { write($0) }
    }

    /// Tells the child that its input has ended, after what is queued.
    package func closeInput() {
        loop.preconditionOnLoop()
        input?.close()
    }

    // MARK: Output

    /// Stops or resumes reading a stream; the child waits when its pipe is full.
    package func setReading(_ reads: Bool, _ stream: Stream) throws(SystemError) {
        loop.preconditionOnLoop()
        try (stream == .output ? output : errors)?.setReading(reads)
    }

    private func received(_ stream: Stream, _ bytes: UnsafeRawBufferPointer?) {
        if let bytes {
            handler?(.received(stream, bytes))
            return
        }
        if stream == .output { output = nil } else { errors = nil }
        handler?(.ended(stream))
        letGoIfOver()
    }

    // MARK: Ending

    /// Sends a signal to the group, or to the process where it has no group; does nothing when it has ended.
    package func signal(_ number: Int32) {
        loop.preconditionOnLoop()
        if exit == nil { _ = baton_signal(ownGroup ? -process : process, number) }
    }

    /// TERM, and KILL when it has not ended after `grace`; its end is reported as any other.
    package func terminate(grace: Duration = .seconds(2)) {
        guard exit == nil, !isTerminating else { return }
        isTerminating = true
        signal(SIGTERM)
        killer = loop.after(grace) { [weak self] in self?.signal(SIGKILL) }
    }

    /// Lets go: closes the pipes, reports nothing any more, and ends the child if it still runs.
    package func close() {
        loop.preconditionOnLoop()
        handler = nil
        input?.end()
        output?.end()
        errors?.end()
        (input, output, errors) = (nil, nil, nil)
        terminate()
    }

    private func beforeReaping() {
        // The first of the group has ended on TERM; what is left of it has had the same notice.
        if isTerminating { signal(SIGKILL) }
    }

    private func ended(_ exit: ChildExit) {
        self.exit = exit
        if let killer { loop.cancel(killer) }
        killer = nil
        handler?(.exited(exit))
        letGoIfOver()
    }

    private func letGoIfOver() {
        if exit != nil, output == nil, errors == nil { close() }
    }
}
