package import Lab
package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What tests take from the machine they run on.
package enum Surroundings {
    package static var environment: [String: String] {
        var result: [String: String] = [:]
        for name in ["PATH", "HOME", "USER", "LANG", "TMPDIR"] {
            if let value = getenv(name) { result[name] = String(cString: value) }
        }
        result["PATH", default: "/usr/bin:/bin"] += ":/usr/sbin:/sbin"
        return result
    }

    package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    package static var user: String { String(cString: getpwuid(getuid()).pointee.pw_name) }
    package static var isRoot: Bool { getuid() == 0 }

    /// Debian's python3-jsonschema, for its own Python.
    package static var hasJSONSchema: Bool { Files.exists("/usr/lib/python3/dist-packages/jsonschema") }

    package static func has(_ program: String) -> Bool {
        Loop.executable(program, path: environment["PATH"] ?? "") != nil
    }
}

/// A directory for one test, removed afterwards.
package func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("\(Surroundings.environment["TMPDIR"] ?? "/tmp")/baton-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(code: errno, doing: "make a directory for a test") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    Aftermath.covers(path)
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(try await body(path))
    } catch {
        outcome = .failure(error)
    }
    try? Files.removeTree(path)
    return try outcome.get()
}

/// A private sshd on loopback, as a lab of one host.
package struct TestServer: Sendable {
    package let loop: Loop
    package let directory: String
    package let host: LabHost
    package let port: UInt16
    package let listener: Int32
    /// `type base64`
    package let hostKey: String
    package let userKey: String

    /// Lets every login run its commands under another shell, or behind rc files that misbehave: `text` replaces what
    /// `enter` does last and finds the command in SSH_ORIGINAL_COMMAND.
    package func enter(_ text: String) throws {
        let lines = host.enterText.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.prefix { !$0.hasPrefix("[ -n") }
        try Files.write(Array((kept.joined(separator: "\n") + "\n" + text + "\n").utf8), to: host.enter, mode: 0o755)
    }
}

/// Starts an sshd with `extra` lines of configuration, which win over the lab's own, and takes it back afterwards.
package func withServer<Result: Sendable>(
    _ extra: String = "",
    prepare: @escaping @Sendable (Loop) async throws -> Void = { _ in },
    _ body: @escaping @Sendable (TestServer) async throws -> Result
) async throws -> Result {
    try await withDirectory { directory in
        try await withServer(in: directory, Surroundings.environment, extra, prepare: prepare, body)
    }
}

func withServer<Result: Sendable>(
    in directory: String,
    _ environment: [String: String],
    _ extra: String,
    prepare: @escaping @Sendable (Loop) async throws -> Void = { _ in },
    _ body: @escaping @Sendable (TestServer) async throws -> Result
) async throws -> Result {
    try await withLoop { loop in
        try await prepare(loop)
        let lab = Lab(directory: "\(directory)/lab", user: Surroundings.user, environment: environment, on: loop)
        let states = try await lab.up(1, extra: extra)
        let host = lab.layout.host(states[0].name)
        let words = String(decoding: try Files.read(host.hostKey + ".pub"), as: UTF8.self).split(separator: " ")
        let server = TestServer(
            loop: loop,
            directory: directory,
            host: host,
            port: states[0].port,
            listener: states[0].pid!,
            hostKey: words.prefix(2).joined(separator: " "),
            userKey: lab.layout.userKey
        )
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(server))
        } catch {
            outcome = .failure(error)
        }
        try await lab.down()
        return try outcome.get()
    }
}
