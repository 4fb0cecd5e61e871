import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How a process ended.
package enum ChildExit: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)
    /// Somebody else has collected it: how it ended is not known, and that is no success.
    case unknown
}

/// A process with a pipe for each of its three streams; our ends are non-blocking and belong to whoever asked.
struct Spawned {
    let process: pid_t
    let input: Int32
    let output: Int32
    let errors: Int32

    /// `arguments[0]` is looked for on the environment's PATH unless it has a slash.
    init(
        _ arguments: [String],
        _ environment: [String: String],
        directory: String?,
        ownGroup: Bool
    ) throws(SystemError) {
        let name = arguments.first ?? ""
        guard let path = Loop.executable(name, path: environment["PATH"] ?? "/usr/bin:/bin") else {
            throw SystemError(code: ENOENT, doing: "run '\(name)'")
        }
        var opened: [Int32] = []
        do throws(SystemError) {
            for _ in 0..<3 {
                var ends: [Int32] = [0, 0]
                try SystemError.check(baton_pipe(&ends), "make a pipe")
                opened += ends
            }
            // Each pipe is its reading and its writing end; the child reads the first and writes the others.
            let theirs = [opened[0], opened[3], opened[5]]
            process = try SystemError.check(
                Self.spawn(path, arguments, environment, theirs, directory, ownGroup),
                "run '\(path)'"
            )
            for fd in theirs { close(fd) }
        } catch {
            for fd in opened { close(fd) }
            throw error
        }
        (input, output, errors) = (opened[1], opened[2], opened[4])
        for fd in [input, output, errors] { _ = baton_set_nonblocking(fd) }
    }

    private static func spawn(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        _ streams: [Int32],
        _ directory: String?,
        _ ownGroup: Bool
    ) -> pid_t {
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        var variables: [UnsafeMutablePointer<CChar>?] = environment.sorted { $0.key < $1.key }
            .map { strdup("\($0.key)=\($0.value)") }
        defer { for pointer in words + variables { free(pointer) } }
        words.append(nil)
        variables.append(nil)
        let flag: Int32 = ownGroup ? 1 : 0
        var process = baton_spawn(path, words, variables, streams, directory, flag)
        // A program that was just written stays open for a moment in children that other threads or processes are starting:
        // they have its descriptor until they become something else.
        for _ in 0..<busyTries where process == -ETXTBSY {
            usleep(20_000)
            process = baton_spawn(path, words, variables, streams, directory, flag)
        }
        return process
    }

    private static let busyTries = 10
}

/// Tells once how a child ended, and collects it. Kept alive by the loop until then.
final class ExitWatch: Handler {
    private let loop: Loop
    private let process: pid_t
    private var descriptor: Int32 = -1
    private var registration: Registration?
    /// Called when the child has ended and is still there to be signalled: nobody else can have its number yet.
    private let beforeReaping: () -> Void
    private let whenEnded: (ChildExit) -> Void

    init(
        _ process: pid_t,
        on loop: Loop,
        beforeReaping: @escaping () -> Void,
        whenEnded: @escaping (ChildExit) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.process = process
        self.beforeReaping = beforeReaping
        self.whenEnded = whenEnded
        #if os(Linux)
        descriptor = try SystemError.check(baton_process_descriptor(process), "watch process \(process)")
        registration = try loop.register(descriptor, .read, self)
        #else
        registration = try loop.watch(
            number: -process,
            filter: Int32(EVFILT_PROC),
            fflags: UInt32(bitPattern: NOTE_EXIT),
            self
        )
        #endif
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func ready(_ readiness: Readiness) {
        beforeReaping()
        var raw: Int32 = 0
        let reaped = baton_reap(process, &raw)
        guard reaped != 0 else { return }
        if let registration { loop.unregister(registration) }
        registration = nil
        if reaped < 0 {
            whenEnded(.unknown)
        } else {
            let signal = baton_term_signal(raw)
            whenEnded(signal == 0 ? .exited(baton_exit_code(raw)) : .signaled(signal))
        }
    }
}
