import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The reading end of one of the child's streams.
final class ChildOutput: Handler {
    private let fd: Int32
    private let loop: Loop
    private var registration: Registration?
    private var hasEnded = false
    private var body: ((UnsafeRawBufferPointer?) -> Void)?

    init(_ fd: Int32, _ loop: Loop) {
        self.fd = fd
        self.loop = loop
    }

    /// `body` gets what arrives once reading is on, and nil at the end.
    func start(_ body: @escaping (UnsafeRawBufferPointer?) -> Void) { self.body = body }

    func setReading(_ reads: Bool) throws(SystemError) {
        guard !hasEnded, reads != (registration != nil) else { return }
        if let registration {
            // Not only without interest: a writer that is gone is reported regardless, again and again.
            loop.unregister(registration)
            self.registration = nil
        } else {
            registration = try loop.register(fd, .read, self)
        }
    }

    func ready(_ readiness: Readiness) {
        let count = baton_read(fd, loop.scratch.baseAddress, loop.scratch.count)
        if count == -Int(EAGAIN) { return }
        if count > 0 {
            body?(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
            return
        }
        let body = body
        end()
        body?(nil)
    }

    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        body = nil
        if let registration { loop.unregister(registration) }
        registration = nil
        close(fd)
    }
}

/// The writing end of the child's input, with a queue of bounded length.
final class ChildInput: Handler {
    private let fd: Int32
    private let limit: Int
    private let name: String
    private let loop: Loop
    private var registration: Registration?
    private var queue: [UInt8] = []
    private var start = 0
    private var isClosing = false
    private var hasEnded = false
    private var report: ((RunningChild.Event) -> Void)?

    init(_ fd: Int32, limit: Int, _ name: String, _ loop: Loop) {
        self.fd = fd
        self.limit = max(1, limit)
        self.name = name
        self.loop = loop
    }

    func start(_ report: @escaping (RunningChild.Event) -> Void) throws(SystemError) {
        self.report = report
        registration = try loop.register(fd, [], self)
    }

    var queued: Int { queue.count - start }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard !hasEnded, !isClosing, !bytes.isEmpty else { return 0 }
        // An error shows again in `ready`, where it can be reported.
        let direct = queued == 0 ? max(0, baton_write(fd, bytes.baseAddress, bytes.count)) : 0
        let rest = UnsafeRawBufferPointer(rebasing: bytes[direct...].prefix(limit - queued))
        if rest.isEmpty { return direct }
        queue.append(contentsOf: rest)
        watch(for: .write)
        return direct + rest.count
    }

    func close() {
        isClosing = true
        if queued == 0 { end() }
    }

    func ready(_ readiness: Readiness) {
        if queued == 0 {
            // Nothing to write and yet awake: the reader is gone.
            if readiness.contains(.closed) { fail(EPIPE) }
            return
        }
        let count = queue[start...].withUnsafeBytes { baton_write(fd, $0.baseAddress, $0.count) }
        if count == -Int(EAGAIN) { return }
        if count < 0 {
            fail(Int32(-count))
            return
        }
        start += count
        if queued > 0 { return }
        queue.removeAll(keepingCapacity: true)
        start = 0
        let report = report
        if isClosing { end() } else { watch(for: []) }
        report?(.drained)
    }

    private func watch(for interest: Interest) {
        guard let registration else { return }
        do throws(SystemError) {
            try loop.update(registration, interest)
        } catch {
            let code = error.code
            loop.after(.zero) { [weak self] in self?.fail(code) }
        }
    }

    private func fail(_ code: Int32) {
        let report = report
        end()
        report?(.inputClosed(SystemError(code: code, doing: "write to '\(name)'")))
    }

    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        report = nil
        queue = []
        start = 0
        if let registration { loop.unregister(registration) }
        registration = nil
        shut(fd)
    }
}

/// Outside the classes, where `close` is another one.
private func shut(_ fd: Int32) { _ = close(fd) }
