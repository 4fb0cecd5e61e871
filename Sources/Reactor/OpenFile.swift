import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A regular file that is read in pieces. Reading blocks, as in `Files`; for one reader at a time.
package final class OpenFile: @unchecked Sendable {
    // Unchecked: `fd` never changes, and the position in the file is the kernel's.
    private let fd: Int32
    private let path: String
    package let size: Int

    package init(_ path: String) throws(SystemError) {
        self.path = path
        fd = try SystemError.check(baton_open(path, O_RDONLY | O_NONBLOCK, 0), "read \(path)")
        var info = stat()
        guard fstat(fd, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            shut(fd)
            throw SystemError(code: EINVAL, doing: "read \(path), which is no regular file")
        }
        size = Int(info.st_size)
    }

    deinit { shut(fd) }

    /// The next bytes, at most `limit`; none at its end.
    package func read(_ limit: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let result = baton_read(fd, buffer.baseAddress, limit)
            count = max(0, Int(result))
            if result < 0 { failure = SystemError(code: Int32(-result), doing: "read \(path)") }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Starts again from the beginning: a file is read once for its sum and once for each host.
    package func rewind() { lseek(fd, 0, SEEK_SET) }
}

private func shut(_ fd: Int32) { _ = close(fd) }
