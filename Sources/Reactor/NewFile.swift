import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that was not there before and that only its owner may read, written in pieces. Writing blocks, as in `Files`; for
/// one writer at a time.
package final class NewFile: @unchecked Sendable {
    // Unchecked: `fd` never changes, and the position in the file is the kernel's.
    private let fd: Int32
    private let path: String

    package init(_ path: String) throws(SystemError) {
        self.path = path
        fd = try SystemError.check(baton_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600), "make \(path)")
    }

    deinit { close(fd) }

    package func write(_ bytes: [UInt8]) throws(SystemError) { try Files.writeAll(bytes, to: fd, path) }
}
