import ClientConfig
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension ConfigReader {
    /// The files of this machine.
    static let disk = ConfigReader { path, isPrivate in
        guard Files.exists(path) else { return .absent }
        if Files.isDirectory(path) { return .unusable("is a directory") }
        if isPrivate, !Files.isTrusted(path, evenFromItsGroup: true) { return .unusable("can be written by others") }
        do throws(SystemError) {
            return .bytes(try Files.read(path, limit: ClientConfig.largestFile, regularOnly: true))
        } catch {
            return .unusable(error.reason)
        }
    } glob: { pattern in
        paths(pattern)
    }
}

/// Outside the extension, where `glob` is the reader's.
private func paths(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { index in
        found.gl_pathv[index].flatMap { String(validatingCString: $0) }
    }
}
