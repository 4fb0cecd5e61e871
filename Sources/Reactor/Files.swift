import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The few whole-file operations that rooms need, with bounds and errors that name the path. They block: small local
/// files only, anything else goes through `Workers`.
package enum Files {
    /// The file's bytes; a file larger than `limit` is an error, not half a file.
    /// `regularOnly` refuses pipes and devices, which may never end; they are opened without waiting.
    package static func read(
        _ path: String,
        limit: Int = 64 << 20,
        regularOnly: Bool = false
    ) throws(SystemError) -> [UInt8] {
        let fd = try SystemError.check(baton_open(path, O_RDONLY | (regularOnly ? O_NONBLOCK : 0), 0), "read \(path)")
        defer { close(fd) }
        if regularOnly {
            var info = stat()
            guard fstat(fd, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
                throw SystemError(code: EINVAL, doing: "read \(path), which is no regular file")
            }
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = try SystemError.check(baton_read(fd, &chunk, chunk.count), "read \(path)")
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[0..<count])
            if bytes.count > limit { throw SystemError(code: EFBIG, doing: "read \(path)") }
        }
    }

    /// Creates or replaces a file in one step: readers see the old text or the new one, never half of it.
    package static func write(_ bytes: some Sequence<UInt8>, to path: String, mode: UInt32 = 0o644) throws(SystemError)
    {
        let temporary = "\(path).baton-\(getpid())"
        let fd = try SystemError.check(
            baton_open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode_t(mode)),
            "write \(path)"
        )
        do throws(SystemError) {
            defer { close(fd) }
            try writeAll(Array(bytes), to: fd, path)
            if fsync(fd) != 0 { throw SystemError(code: errno, doing: "write \(path)") }
        } catch {
            unlink(temporary)
            throw error
        }
        if rename(temporary, path) != 0 {
            let code = errno
            unlink(temporary)
            throw SystemError(code: code, doing: "write \(path)")
        }
    }

    /// Appends under an exclusive lock, so that two runs never interleave lines; gives up after about two seconds.
    package static func append(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(SystemError) {
        let fd = try SystemError.check(
            baton_open(path, O_WRONLY | O_CREAT | O_APPEND, mode_t(mode)),
            "append to \(path)"
        )
        defer { close(fd) }
        var locked = baton_lock_exclusive(fd)
        for _ in 0..<40 where locked != 0 {
            usleep(50_000)
            locked = baton_lock_exclusive(fd)
        }
        try SystemError.check(locked, "lock \(path)")
        try writeAll(bytes, to: fd, path)
    }

    package static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        if mkdir(path, mode_t(mode)) != 0, errno != EEXIST {
            throw SystemError(code: errno, doing: "make the directory \(path)")
        }
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Which directory this is, whatever name led to it.
    package static func identity(_ path: String) -> String? {
        var info = stat()
        return stat(path, &info) == 0 ? "\(info.st_dev):\(info.st_ino)" : nil
    }

    /// Another one whenever the file was written, or is another; nil if it is not there.
    package static func stamp(_ path: String) -> String? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        #if canImport(Glibc)
        let moment = info.st_mtim
        #else
        let moment = info.st_mtimespec
        #endif
        return "\(info.st_dev):\(info.st_ino):\(info.st_size):\(moment.tv_sec).\(moment.tv_nsec)"
    }

    /// Names in a directory, sorted, without `.` and `..`. A directory that cannot be read is an error and never an
    /// empty one; so is a name that is no text, which could not be opened again.
    package static func entries(_ path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else { throw SystemError(code: errno, doing: "read the folder \(path)") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name else { throw SystemError(code: EILSEQ, doing: "read a name in the folder \(path)") }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Names in a directory, sorted, without `.` and `..`; empty if it cannot be read.
    package static func list(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a directory and everything in it, whatever the names in it are made of; links are removed, never
    /// followed.
    package static func removeTree(_ path: String) throws(SystemError) {
        try SystemError.check(baton_remove_tree(path), "remove \(path)")
    }

    /// Whether nobody but this user or root can have written the file; members of its group count as others if asked.
    package static func isTrusted(_ path: String, evenFromItsGroup: Bool = false) -> Bool {
        var info = stat()
        guard stat(path, &info) == 0 else { return false }
        let others = evenFromItsGroup ? S_IWOTH | S_IWGRP : S_IWOTH
        return (info.st_uid == geteuid() || info.st_uid == 0) && info.st_mode & others == 0
    }

    /// Takes the lock of a file, or says that somebody else has it. Held until the descriptor is closed.
    package static func lock(_ path: String) throws(SystemError) -> Int32 {
        let fd = try SystemError.check(baton_open(path, O_WRONLY | O_CREAT, 0o600), "lock \(path)")
        let locked = baton_lock_exclusive(fd)
        if locked != 0 {
            close(fd)
            throw SystemError(code: -locked, doing: "lock \(path)")
        }
        return fd
    }

    package static func unlock(_ fd: Int32) { close(fd) }

    static func writeAll(_ bytes: [UInt8], to fd: Int32, _ path: String) throws(SystemError) {
        var sent = 0
        while sent < bytes.count {
            sent += try SystemError.check(
                bytes[sent...].withUnsafeBytes { baton_write(fd, $0.baseAddress, $0.count) },
                "write \(path)"
            )
        }
    }
}
