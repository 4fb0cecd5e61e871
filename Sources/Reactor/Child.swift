import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program to run on this machine: an argument list, never a shell line.
package struct ChildRequest: Sendable {
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String?
    package var input: [UInt8] = []
    /// The child's process group is ended when this has passed: TERM, then KILL.
    package var deadline: Duration = .seconds(60)
    /// What is kept of each stream; more is read and dropped.
    package var outputLimit = 1 << 20
    /// A group of its own is ended as a whole at the deadline. Without one, Ctrl-C on the terminal reaches the child too.
    package var ownGroup = true

    /// `arguments[0]` is looked for on the environment's PATH unless it has a slash.
    package init(_ arguments: [String], environment: [String: String], directory: String? = nil) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }
}

/// How a child ended, and what it said. A non-zero exit is data.
package struct ChildResult: Sendable {
    package enum Status: Equatable, Sendable {
        case exited(Int32)
        case signaled(Int32)
        case timedOut
    }

    package let status: Status
    package let stdout: [UInt8]
    package let stderr: [UInt8]

    package var succeeded: Bool { status == .exited(0) }
    package var output: String { String(decoding: stdout, as: UTF8.self) }
    package var errors: String { String(decoding: stderr, as: UTF8.self) }
}

extension Loop {
    /// Runs a program to its end. Call on the loop.
    package func run(_ request: ChildRequest) async throws(SystemError) -> ChildResult {
        preconditionOnLoop()
        let child = try Child(request, on: self)
        return await withCheckedContinuation { continuation in
            child.whenDone { continuation.resume(returning: $0) }
        }
    }

    /// The file a shell would run for `name`, or nil.
    package static func executable(_ name: String, path: String) -> String? {
        if name.contains("/") { return isProgram(name) ? name : nil }
        for directory in path.split(separator: ":") {
            let candidate = "\(directory)/\(name)"
            if isProgram(candidate) { return candidate }
        }
        return nil
    }

    private static func isProgram(_ path: String) -> Bool { access(path, X_OK) == 0 && !Files.isDirectory(path) }
}

/// One running child, confined to the loop's thread.
private final class Child: Handler {
    private let loop: Loop
    private let request: ChildRequest
    private let process: pid_t
    private var output: Drain?
    private var errors: Drain?
    private var feed: Feed?
    private var exitWatch: Registration?
    private var exitDescriptor: Int32 = -1
    private var status: ChildResult.Status?
    private var timedOut = false
    private var timers: [Loop.Timer] = []
    private var completion: ((ChildResult) -> Void)?
    private var result: ChildResult?

    init(_ request: ChildRequest, on loop: Loop) throws(SystemError) {
        self.loop = loop
        self.request = request
        let name = request.arguments.first ?? ""
        guard let path = Loop.executable(name, path: request.environment["PATH"] ?? "/usr/bin:/bin") else {
            throw SystemError(code: ENOENT, doing: "run '\(name)'")
        }
        let (inRead, inWrite) = try Self.pipe()
        let (outRead, outWrite) = try Self.pipe()
        let (errRead, errWrite) = try Self.pipe()
        process = Self.spawn(path, request, [inRead, outWrite, errWrite])
        for fd in [inRead, outWrite, errWrite] { close(fd) }
        if process < 0 {
            for fd in [inWrite, outRead, errRead] { close(fd) }
            throw SystemError(code: -process, doing: "run '\(path)'")
        }
        for fd in [inWrite, outRead, errRead] { _ = baton_set_nonblocking(fd) }
        output = try Drain(outRead, request.outputLimit, loop) { [self] in finishIfDone() }
        errors = try Drain(errRead, request.outputLimit, loop) { [self] in finishIfDone() }
        feed = try Feed(inWrite, request.input, loop)
        try watchExit()
        timers.append(loop.after(request.deadline) { [self] in expire() })
    }

    private static func pipe() throws(SystemError) -> (Int32, Int32) {
        var fds: [Int32] = [0, 0]
        try SystemError.check(baton_pipe(&fds), "make a pipe")
        return (fds[0], fds[1])
    }

    private static func spawn(_ path: String, _ request: ChildRequest, _ streams: [Int32]) -> pid_t {
        var arguments: [UnsafeMutablePointer<CChar>?] = request.arguments.map { strdup($0) }
        var environment: [UnsafeMutablePointer<CChar>?] = request.environment
            .sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
        defer { for pointer in arguments + environment { free(pointer) } }
        arguments.append(nil)
        environment.append(nil)
        return baton_spawn(path, arguments, environment, streams, request.directory, request.ownGroup ? 1 : 0)
    }

    private func watchExit() throws(SystemError) {
        #if os(Linux)
        exitDescriptor = try SystemError.check(baton_process_descriptor(process), "watch process \(process)")
        exitWatch = try loop.register(exitDescriptor, .read, self)
        #else
        exitWatch = try loop.watch(
            number: -process,
            filter: Int32(EVFILT_PROC),
            fflags: UInt32(bitPattern: NOTE_EXIT),
            self
        )
        #endif
    }

    func ready(_ readiness: Readiness) {
        // The first of the group has ended on TERM; what is left of it has had the same notice. Before the first is
        // reaped: until then nobody else can have its number.
        if timedOut { _ = baton_signal(target, SIGKILL) }
        var raw: Int32 = 0
        let reaped = baton_reap(process, &raw)
        guard reaped != 0 else { return }
        if reaped < 0 {
            // Somebody else has collected it: how it ended is not known, and that is no success.
            status = .exited(-1)
        } else {
            let signal = baton_term_signal(raw)
            status = signal == 0 ? .exited(baton_exit_code(raw)) : .signaled(signal)
        }
        if let exitWatch { loop.unregister(exitWatch) }
        if exitDescriptor >= 0 { close(exitDescriptor) }
        // A grandchild may hold the pipes open for ever: what is there by then is what the child said.
        timers.append(loop.after(.milliseconds(200)) { [self] in finish() })
        finishIfDone()
    }

    /// The whole group, where there is one.
    private var target: pid_t { request.ownGroup ? -process : process }

    private func expire() {
        guard status == nil else { return }
        timedOut = true
        _ = baton_signal(target, SIGTERM)
        timers.append(loop.after(.seconds(2)) { [self] in if status == nil { _ = baton_signal(target, SIGKILL) } })
    }

    private func finishIfDone() {
        if status != nil, output?.ended == true, errors?.ended == true { finish() }
    }

    private func finish() {
        guard result == nil, let status else { return }
        for timer in timers { loop.cancel(timer) }
        output?.end()
        errors?.end()
        feed?.end()
        let done = ChildResult(
            status: timedOut ? .timedOut : status,
            stdout: output?.bytes ?? [],
            stderr: errors?.bytes ?? []
        )
        (output, errors, feed) = (nil, nil, nil)
        result = done
        completion?(done)
        completion = nil
    }

    func whenDone(_ body: @escaping (ChildResult) -> Void) {
        if let result { body(result) } else { completion = body }
    }
}

/// Reads one pipe to its end, keeping at most `limit` bytes.
private final class Drain: Handler {
    private let fd: Int32
    private let limit: Int
    private let loop: Loop
    private let whenEnded: () -> Void
    private var registration: Registration?
    private(set) var bytes: [UInt8] = []
    private(set) var ended = false

    init(_ fd: Int32, _ limit: Int, _ loop: Loop, _ whenEnded: @escaping () -> Void) throws(SystemError) {
        self.fd = fd
        self.limit = limit
        self.loop = loop
        self.whenEnded = whenEnded
        registration = try loop.register(fd, .read, self)
    }

    func ready(_ readiness: Readiness) {
        let count = baton_read(fd, loop.scratch.baseAddress, loop.scratch.count)
        if count == -Int(EAGAIN) { return }
        if count <= 0 {
            end()
            whenEnded()
            return
        }
        bytes.append(contentsOf: loop.scratch.prefix(min(count, limit - bytes.count)))
    }

    func end() {
        guard !ended else { return }
        ended = true
        if let registration { loop.unregister(registration) }
        close(fd)
    }
}

/// Writes one pipe and closes it. A child that does not read its input is no error.
private final class Feed: Handler {
    private let fd: Int32
    private let bytes: [UInt8]
    private let loop: Loop
    private var sent = 0
    private var registration: Registration?
    private var ended = false

    init(_ fd: Int32, _ bytes: [UInt8], _ loop: Loop) throws(SystemError) {
        self.fd = fd
        self.bytes = bytes
        self.loop = loop
        if bytes.isEmpty {
            end()
        } else {
            registration = try loop.register(fd, .write, self)
        }
    }

    func ready(_ readiness: Readiness) {
        let count = bytes[sent...].withUnsafeBytes { baton_write(fd, $0.baseAddress, $0.count) }
        if count == -Int(EAGAIN) { return }
        sent += max(0, count)
        if count < 0 || sent == bytes.count { end() }
    }

    func end() {
        guard !ended else { return }
        ended = true
        if let registration { loop.unregister(registration) }
        close(fd)
    }
}
