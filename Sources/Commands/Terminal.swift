import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The terminal itself, which is there even when the streams are redirected.
enum Terminal {
    /// Every byte is taken at once: Ctrl-C ends the question, and not only after the next line.
    static func ask(_ prompt: String, isSecret: Bool) -> String? {
        let fd = baton_open("/dev/tty", O_RDWR, 0)
        guard fd >= 0 else { return nil }
        defer { close(fd) }
        // What was typed before the question is no answer to it; what is typed after it must not be lost.
        _ = baton_terminal_secret(fd, 1)
        write(prompt, fd)
        defer {
            _ = baton_terminal_secret(fd, 0)
            write("\n", fd)
        }
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 1024 {
            guard baton_read(fd, &byte, 1) == 1 else { return nil }
            switch byte {
            case 10, 13: return String(validating: bytes, as: UTF8.self)
            case 3, 4: return nil  // Ctrl-C, Ctrl-D
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
        return nil
    }

    private static func write(_ text: String, _ fd: Int32) {
        _ = text.withCString { baton_write(fd, $0, strlen($0)) }
    }
}
