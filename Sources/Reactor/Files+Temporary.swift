#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Files {
    /// A directory that nobody had before and nobody else may enter.
    package static func makeTemporaryDirectory(in parent: String, prefix: String) throws(SystemError) -> String {
        var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemError(code: errno, doing: "make a private directory in \(parent)")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether this file may be run: its mode says so, and what it lies on is not mounted without that.
    package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 && !isDirectory(path) }
}
