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

    package init(status: Status, stdout: [UInt8], stderr: [UInt8]) {
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
    }

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

/// One child on its way to its end: what it says is collected, and its time is bounded.
private final class Child {
    private let loop: Loop
    private let request: ChildRequest
    private let child: RunningChild
    private var sent = 0
    private var stdout: [UInt8] = []
    private var stderr: [UInt8] = []
    private var openStreams = 2
    private var exit: ChildExit?
    private var timedOut = false
    private var timers: [Loop.Timer] = []
    private var completion: ((ChildResult) -> Void)?
    private var result: ChildResult?

    init(_ request: ChildRequest, on loop: Loop) throws(SystemError) {
        self.loop = loop
        self.request = request
        child = try RunningChild(
            request.arguments,
            environment: request.environment,
            directory: request.directory,
            ownGroup: request.ownGroup,
            on: loop
        )
        child.handler = { [self] in handle($0) }
        timers.append(loop.after(request.deadline) { [self] in expire() })
        feed()
    }

    private func handle(_ event: RunningChild.Event) {
        switch event {
        case .received(.output, let bytes): keep(bytes, &stdout)
        case .received(.errors, let bytes): keep(bytes, &stderr)
        case .ended:
            openStreams -= 1
            finishIfDone()
        case .drained: feed()
        // A child that does not read its input is no error.
        case .inputClosed: break
        case .exited(let exit):
            self.exit = exit
            // A grandchild may hold the pipes open for ever: what is there by then is what the child said.
            timers.append(loop.after(.milliseconds(200)) { [self] in finish() })
            finishIfDone()
        }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, _ kept: inout [UInt8]) {
        kept.append(contentsOf: bytes.prefix(request.outputLimit - kept.count))
    }

    private func feed() {
        sent += child.write(request.input[sent...])
        if sent == request.input.count { child.closeInput() }
    }

    private func expire() {
        guard exit == nil else { return }
        timedOut = true
        child.terminate()
    }

    private func finishIfDone() {
        if exit != nil, openStreams == 0 { finish() }
    }

    private func finish() {
        guard result == nil, let exit else { return }
        for timer in timers { loop.cancel(timer) }
        child.close()
        let done = ChildResult(status: status(exit), stdout: stdout, stderr: stderr)
        result = done
        completion?(done)
        completion = nil
    }

    private func status(_ exit: ChildExit) -> ChildResult.Status {
        if timedOut { return .timedOut }
        switch exit {
        case .exited(let code): return .exited(code)
        case .signaled(let number): return .signaled(number)
        case .unknown: return .exited(-1)
        }
    }

    func whenDone(_ body: @escaping (ChildResult) -> Void) {
        if let result { body(result) } else { completion = body }
    }
}
