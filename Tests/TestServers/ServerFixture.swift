import CSystem
package import Reactor
package import TestLoad
import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What went wrong with a fixture, with the end of the server's own log.
package struct FixtureError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// A real server of the test service, in a tree of releases as they lie on hosts:
///
///     releases/1  releases/2  current -> releases/1  shared/{run,log,tmp,settings,behaviour}
///
/// Use on its loop. `withServerFixture` takes everything back.
package struct ServerFixture: Sendable {
    package struct Options: Sendable {
        package var onUnixSocket = false
        package var workers = 2
        /// puma never is.
        package var isDaemon = true
        package var preloads = false
        /// Seconds that a worker may take to end its requests.
        package var graceful = 30
        /// Any other FIXTURE_ variable, also behaviour that a file does not set.
        package var environment: [String: String] = [:]

        /// Of gunicorn: one of `GunicornVersion`, beside the build, instead of the kind's own.
        package var version: GunicornVersion?

        /// Started by its name, without a path.
        package var isBare = false

        /// Words below `current` instead of the installed program.
        package var program: [String] = []

        package init() {}

        /// For gunicorn: with more than one thread it makes another class of workers out of `sync`.
        package static let sync = ["FIXTURE_WORKER_CLASS": "sync", "FIXTURE_THREADS": "1"]
    }

    package let kind: ServerKind
    package let options: Options
    package let root: String
    package let target: Target
    package let loop: Loop

    package var current: String { "\(root)/current" }
    package var shared: String { "\(root)/shared" }
    package var pidFile: String { "\(shared)/run/server.pid" }
    package var log: String { "\(shared)/log/server.log" }

    init(_ kind: ServerKind, _ options: Options, root: String, on loop: Loop) throws {
        self.kind = kind
        self.options = options
        self.root = root
        self.loop = loop
        let port = options.onUnixSocket ? 0 : try SystemError.check(baton_free_loopback_port(), "find a free port")
        target = options.onUnixSocket ? .unix("\(root)/shared/run/app.sock") : .loopback(UInt16(port))
        for folder in ["releases", "shared", "shared/run", "shared/log", "shared/tmp"] {
            try Files.makeDirectory("\(root)/\(folder)")
        }
        try make("1")
        try make("2")
        try flip(to: "1")
    }

    // MARK: Releases

    package func folder(_ release: String) -> String { "\(root)/releases/\(release)" }

    /// A release that behaves as told; `behave` changes that while it runs, except for nginx, which needs a reload.
    package func make(_ release: String, _ behaviour: [String: String] = [:]) throws {
        let folder = folder(release)
        try Files.makeDirectory(folder)
        try Files.write("\(release)\n".utf8, to: "\(folder)/RELEASE")
        for name in kind.files {
            try Files.write(
                Files.read("\(ServerKind.root)/Tests/Fixtures/\(kind.folder)/\(name)"),
                to: "\(folder)/\(name)"
            )
        }
        try behave(behaviour, release)
    }

    /// Makes `current` point to a release, in one step.
    package func flip(to release: String) throws {
        let temporary = "\(root)/current.new"
        unlink(temporary)
        guard symlink("releases/\(release)", temporary) == 0, rename(temporary, current) == 0 else {
            throw SystemError(code: errno, doing: "point \(current) to release \(release)")
        }
    }

    /// Sets how a release behaves, or with no release all of them (not nginx, whose configuration is a release's).
    package func behave(_ behaviour: [String: String], _ release: String? = nil) throws {
        let lines = behaviour.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        try Files.write(lines.utf8, to: "\(release.map(folder) ?? shared)/behaviour")
        if kind == .nginx, let release { try writeConfiguration(release, behaviour) }
    }

    /// Writes the shared settings for one release; every other one fails to boot with them.
    package func configure(for release: String) throws {
        let text = "settings of release \(release)\n"
        let directive = "add_header X-Settings $settings_of_release_\(release);\n"
        try Files.write((kind == .nginx ? directive : text).utf8, to: "\(shared)/settings")
    }

    private func writeConfiguration(_ release: String, _ behaviour: [String: String]) throws {
        let folder = folder(release)
        let values = [
            "USER": Surroundings.isRoot ? "user root;" : "",
            "PID": pidFile,
            "SHARED": shared,
            "FOLDER": folder,
            "WORKERS": "\(options.workers)",
            "GRACEFUL": "\(options.graceful)",
            "DAEMON": options.isDaemon ? "on" : "off",
            "BOOT": behaviour["boot"] == "fail" ? "told_not_to_boot on;" : "",
            "BIND": kind.bind(target),
            "RELEASE": release,
            "SAYS": behaviour["release"] ?? release,
            "STATUS": behaviour["status"] ?? "200",
            "HEALTH": behaviour["healthy"] == "no" ? "503" : "200",
        ]
        var text = String(
            decoding: try Files.read("\(ServerKind.root)/Tests/Fixtures/nginx/nginx.conf.in"),
            as: UTF8.self
        )
        for (name, value) in values {
            text = text.split(separator: "@\(name)@", omittingEmptySubsequences: false).joined(separator: value)
        }
        try Files.write(text.utf8, to: "\(folder)/nginx.conf")
        try Files.makeDirectory("\(folder)/static")
        let slow = "release=\(release)\n" + String(repeating: ".", count: 9_990)
        try Files.write(slow.utf8, to: "\(folder)/static/slow.txt")
    }

    // MARK: Running

    /// Starts the server in `current` and waits until it answers.
    package func start() async throws {
        try await launch()
        try await answers()
    }

    /// Starts the server and waits for nothing.
    package func launch() async throws {
        guard program != nil else { throw FixtureError(description: "\(kind) is not installed") }
        var environment = Surroundings.environment
        // What a shell would have set: servers that start themselves again go by the name of the link.
        environment["PWD"] = current
        environment.merge(variables) { $1 }
        // In a session of its own, as an orphan: nobody of the tests waits for it, and no terminal reaches it. Not with
        // `&`: what a shell puts into the background ignores INT and QUIT.
        let line = #"log=$1; shift; exec setsid --fork "$@" >>"$log" 2>&1 </dev/null"#
        let request = ChildRequest(
            ["sh", "-c", line, "sh", log] + command,
            environment: environment,
            directory: current
        )
        let result = try await loop.run(request)
        guard result.succeeded else { throw failure("cannot start \(kind): \(result.errors)") }
    }

    private var program: String? {
        let path = options.version.map(\.program) ?? kind.program
        return options.isBare ? path?.split(separator: "/").last.map(String.init) : path
    }

    /// What it is started with.
    package var command: [String] {
        let words = kind.arguments(program ?? "", current: current).filter { $0 != "-D" || options.isDaemon }
        return options.program.isEmpty ? words : options.program.map { "\(current)/\($0)" } + words.dropFirst()
    }

    package var variables: [String: String] {
        [
            "FIXTURE_ROOT": root,
            "FIXTURE_SHARED": shared,
            "FIXTURE_CURRENT": current,
            "FIXTURE_BIND": kind.bind(target),
            "FIXTURE_PID": pidFile,
            "FIXTURE_WORKERS": "\(options.workers)",
            "FIXTURE_DAEMON": options.isDaemon ? "yes" : "no",
            "FIXTURE_PRELOAD": options.preloads ? "yes" : "no",
            "FIXTURE_GRACEFUL": "\(options.graceful)",
        ].merging(options.environment) { $1 }
    }

    /// Waits until a request is answered well, by this release if one is named.
    package func answers(as release: String? = nil, within limit: Duration = .seconds(60)) async throws {
        try await wait("\(kind) to answer\(release.map { " as release \($0)" } ?? "")", within: limit) {
            let answer = await loop.ask(target)
            return answer.outcome == .ok && (release == nil || answer.version == release)
        }
    }

    /// Waits for something that can only be looked at again and again.
    package func wait(
        _ what: String,
        within limit: Duration = .seconds(60),
        _ isSo: () async throws -> Bool
    ) async throws {
        let deadline = loop.now + limit
        while try await !isSo() {
            guard loop.now < deadline else { throw failure("waited \(limit) for \(what)") }
            await loop.sleep(.milliseconds(20))
        }
    }

    func failure(_ what: String) -> FixtureError {
        let text = (try? Files.read(log)).map { String(decoding: $0.suffix(2000), as: UTF8.self) } ?? "no log"
        let running = processes.map(\.description).joined(separator: ", ")
        return FixtureError(description: "\(what)\nprocesses: \(running)\n\(text)")
    }

    // MARK: Processes

    /// The pid in a file, and the live process that has it.
    package func process(in file: String) -> FixtureProcess? {
        guard let bytes = try? Files.read(file, limit: 64) else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace })
            .flatMap { FixtureProcess.read($0) }
    }

    /// The master that the pid file names.
    package func master() throws -> FixtureProcess {
        guard let process = process(in: pidFile) else { throw failure("\(pidFile) names no live process") }
        return process
    }

    /// The master that follows another, once the pid file names it: while it moves there may be no such file at all.
    package func master(after old: FixtureProcess) async throws -> FixtureProcess {
        try await wait("\(pidFile) to name another process than \(old)") {
            process(in: pidFile).map { $0 != old } ?? false
        }
        return try master()
    }

    /// All that belongs to this fixture.
    package var processes: [FixtureProcess] { FixtureProcess.belonging(to: root) }

    /// Ends whatever is left of it.
    package func end() async throws {
        let left = await FixtureProcess.endAll(in: root, on: loop)
        guard left.isEmpty else { throw failure("cannot end \(left)") }
    }
}

/// A server's tree in a folder of its own, with releases 1 and 2 and `current` at 1; nothing runs yet. Whatever the
/// test leaves running is ended, and the folder removed.
package func withServerFixture<Result: Sendable>(
    _ kind: ServerKind,
    _ options: ServerFixture.Options = ServerFixture.Options(),
    _ body: @escaping @Sendable (ServerFixture) async throws -> Result
) async throws -> Result {
    try await withDirectory { directory in
        try await withLoop(places: 3) { loop in
            let fixture = try ServerFixture(kind, options, root: directory, on: loop)
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body(fixture))
            } catch {
                outcome = .failure(error)
            }
            try await fixture.end()
            return try outcome.get()
        }
    }
}
