#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Files {
    /// What a name in a directory stands for.
    package struct Entry: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            case file, directory
            case link(to: String)
            /// A pipe, a socket, a device.
            case other
        }

        package var kind: Kind
        package var size: Int
        package var isExecutable: Bool
        /// Seconds since 1970.
        package var modified: Int

        package init(kind: Kind, size: Int, isExecutable: Bool, modified: Int) {
            (self.kind, self.size, self.isExecutable, self.modified) = (kind, size, isExecutable, modified)
        }
    }

    /// Looks at the name itself: a link is not followed.
    package static func entry(_ path: String) throws(SystemError) -> Entry {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw SystemError(code: errno, doing: "look at \(path)") }
        #if canImport(Glibc)
        let modified = info.st_mtim.tv_sec
        #else
        let modified = info.st_mtimespec.tv_sec
        #endif
        let kind: Entry.Kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link(to: try target(path))
            default: .other
            }
        return Entry(
            kind: kind,
            size: kind == .file ? Int(info.st_size) : 0,
            isExecutable: info.st_mode & S_IXUSR != 0,
            modified: modified
        )
    }

    private static func target(_ path: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = readlink(path, &buffer, buffer.count)
        guard count >= 0 else { throw SystemError(code: errno, doing: "read the link \(path)") }
        guard count <= 4096,
            let text = String(validating: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        else {
            throw SystemError(code: count > 4096 ? ENAMETOOLONG : EILSEQ, doing: "read the link \(path)")
        }
        return text
    }
}
