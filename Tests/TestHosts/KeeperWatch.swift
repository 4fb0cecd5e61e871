import CSystem
import Reactor
import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// When a process began: with its number, a name that no other process gets.
package enum ProcessStart {
    package static func of(_ pid: Int32) throws -> String {
        let text = String(decoding: try Files.read("/proc/\(pid)/stat"), as: UTF8.self)
        // The program's name may hold anything; what counts stands behind the last bracket, from the third field on.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 20 else { throw HostFailure("/proc/\(pid)/stat cannot be read: \(text)") }
        return String(fields[20])
    }

    /// Whether the process with this number is still the one that began then. A zombie is not.
    package static func isAlive(_ pid: Int32, _ start: String) -> Bool {
        guard let text = try? Files.read("/proc/\(pid)/stat") else { return false }
        let fields = String(decoding: text, as: UTF8.self)
        guard let bracket = fields.lastIndex(of: ")") else { return false }
        return !fields[bracket...].hasPrefix(") Z") && (try? of(pid)) == start
    }
}

#if os(Linux)
/// A child that stays, confined to the loop's thread: started, and waited for at the end.
final class KeeperWatch: Handler {
    let process: Int32
    private(set) var status: ChildResult.Status?
    private let loop: Loop
    private var descriptor: Int32 = -1
    private var registration: Registration?
    private var completion: (() -> Void)?
    /// What it says. Held open, because its folder goes with it.
    private let said: Int32

    init(_ arguments: [String], log: String, on loop: Loop) throws {
        self.loop = loop
        let silence = try SystemError.check(baton_open("/dev/null", O_RDONLY, 0), "open /dev/null")
        let writing = try SystemError.check(baton_open(log, O_WRONLY | O_CREAT | O_APPEND, 0o600), "write \(log)")
        defer { for fd in [silence, writing] { close(fd) } }
        said = try SystemError.check(baton_open(log, O_RDONLY, 0), "read \(log)")
        let environment = Surroundings.environment
        guard let path = Loop.executable(arguments[0], path: environment["PATH"] ?? "") else {
            throw HostFailure("\(arguments[0]) is not on PATH")
        }
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        process = try SystemError.check(
            baton_spawn(path, &words, &variables, [silence, writing, writing], nil, 1),
            "run \(path)"
        )
        descriptor = try SystemError.check(baton_process_descriptor(process), "watch process \(process)")
        registration = try loop.register(descriptor, .read, self)
    }

    deinit { close(said) }

    var log: String {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = pread(said, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    func ready(_ readiness: Readiness) {
        var raw: Int32 = 0
        guard baton_reap(process, &raw) != 0 else { return }
        let signal = baton_term_signal(raw)
        status = signal == 0 ? .exited(baton_exit_code(raw)) : .signaled(signal)
        if let registration { loop.unregister(registration) }
        close(descriptor)
        completion?()
        completion = nil
    }

    /// How it ended; it is killed when it has not by then.
    func whenEnded(within limit: Duration) async -> ChildResult.Status {
        if let status { return status }
        let timer = loop.after(limit) { [self] in _ = baton_signal(process, SIGKILL) }
        await withCheckedContinuation { continuation in completion = { continuation.resume() } }
        loop.cancel(timer)
        return status ?? .timedOut
    }
}
#endif
