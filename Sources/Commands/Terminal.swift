import CSystem
import Fleet

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The terminal itself, which is there even when the streams are redirected.
enum Terminal {
    /// Every byte is taken at once: Ctrl-C ends the question, and not only after the next line. So does a signal that asks
    /// the process to end, which must not leave the terminal without its echo.
    static func ask(_ prompt: String, isSecret: Bool, isOver: () -> Bool = { false }) -> Access.Asked {
        let fd = baton_open("/dev/tty", O_RDWR, 0)
        guard fd >= 0 else { return .nothing }
        let signals = [SIGINT, SIGTERM, SIGHUP].filter { baton_is_ignored($0) != 1 }
        let wereBlocked = baton_are_blocked(signals, Int32(signals.count)) == 1
        _ = baton_block_signals(signals, Int32(signals.count))
        // What was typed before the question is no answer to it; what is typed after it must not be lost.
        _ = baton_terminal_secret(fd, 1)
        write(prompt, fd)
        let answer = line(fd, isSecret, signals, isOver)
        _ = baton_terminal_secret(fd, 0)
        write("\n", fd)
        close(fd)
        // A signal that ended the question has been heard; it must not end the process before it has cleared up.
        if !wereBlocked, answer != .interrupted { _ = baton_unblock_signals(signals, Int32(signals.count)) }
        return answer
    }

    private static func line(
        _ fd: Int32,
        _ isSecret: Bool,
        _ signals: [Int32],
        _ isOver: () -> Bool
    ) -> Access.Asked {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 1024 {
            if isOver() || baton_is_pending(signals, Int32(signals.count)) == 1 { return .interrupted }
            // Looked up from now and again: signals are blocked, and do not wake anybody.
            let waited = baton_wait_readable(fd, 200)
            if waited == 0 { continue }
            guard waited > 0, baton_read(fd, &byte, 1) == 1 else { return .nothing }
            switch byte {
            case 10, 13: return String(validating: bytes, as: UTF8.self).map { .answer($0) } ?? .nothing
            case 3: return .interrupted  // Ctrl-C
            case 4: return .nothing  // Ctrl-D
            case 8, 127:
                while let last = bytes.popLast() {
                    if last & 0xC0 == 0x80 { continue }
                    if !isSecret { write("\u{8} \u{8}", fd) }
                    break
                }
            case 21:  // Ctrl-U
                if !isSecret { write(String(repeating: "\u{8} \u{8}", count: bytes.count), fd) }
                bytes = []
            default:
                bytes.append(byte)
                if !isSecret, byte >= 0x20 { _ = baton_write(fd, &byte, 1) }
            }
        }
        return .nothing
    }

    private static func write(_ text: String, _ fd: Int32) {
        _ = text.withCString { baton_write(fd, $0, strlen($0)) }
    }
}
