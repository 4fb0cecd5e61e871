import ClientConfig
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The files of this machine, as a program that uses the room would bring them in.
enum Disk {
    static let reader = ConfigReader(read: read, glob: paths)

    @Sendable private static func read(_ path: String, _ isPrivate: Bool) -> ConfigReader.Outcome {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == ENOENT ? .absent : .unusable("it cannot be read") }
        if status.st_mode & S_IFMT == S_IFDIR { return .unusable("it is a directory") }
        if isPrivate, status.st_mode & 0o022 != 0 || status.st_uid != 0 && status.st_uid != getuid() {
            return .unusable("others may write to it")
        }
        return (try? Files.read(path)).map { .bytes($0) } ?? .unusable("it cannot be read")
    }

    @Sendable private static func paths(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
    }

    static let surroundings: ConfigSurroundings = {
        let entry = getpwuid(getuid()).pointee
        var name = [CChar](repeating: 0, count: 1025)
        gethostname(&name, 1024)
        return ConfigSurroundings(
            user: String(cString: entry.pw_name),
            home: String(cString: entry.pw_dir),
            userID: getuid(),
            hostName: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
            environment: { ["BATON_TEST": "/from/environment", "SSH_AUTH_SOCK": "/agent"][$0] }
        )
    }()
}
