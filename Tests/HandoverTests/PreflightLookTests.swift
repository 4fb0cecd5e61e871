import Handover
import HostSide
import Reactor
import Shell
import Supervision
import TestLoad
import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What real servers look like before a handover, in every shell that hosts have, and what is concluded.
@Suite struct PreflightLookTests {
    /// What a definition of the fixture's server would say.
    static func look(_ server: ServerFixture, trial seconds: Int? = nil) throws -> HandoverLook {
        let master = try? server.master()
        let words = master.map { $0.command.split(separator: " ").map(String.init) } ?? []
        let user = String(cString: getpwuid(getuid()).pointee.pw_name)
        var look = HandoverLook("web", user: user, command: words)
        look.pidFile = server.pidFile
        look.root = server.root
        if let master {
            let bytes = try Files.read("/proc/\(master.pid)/environ", limit: 1 << 16)
            look.environment = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                .filter { $0.hasPrefix("FIXTURE_") }
                .map { line in
                    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                    return EnvironmentVariable(parts[0], parts[1])
                }
        }
        if let seconds { look.trial = HandoverLook.Trial(tree: server.folder("2"), seconds: seconds) }
        return look
    }

    static func wish(_ server: ServerFixture) throws -> Preflight.Wish {
        var instance = ServiceInstance(number: 0, command: try look(server).command, directory: server.current)
        if case .tcp(let address, let port) = server.target { instance.listen = .port(host: address, port: Int(port)) }
        var service = ServiceDefinition(
            name: "web",
            description: "",
            root: server.root,
            user: "root",
            instances: [instance]
        )
        service.handover.pidfile = server.pidFile
        let health = Health(question: .http("http://localhost/", status: 200), version: "2")
        var wish = Preflight.Wish(service, health: health)
        // As the interpreter shows it.
        wish.command = []
        return wish
    }

    static func ask(_ look: HandoverLook, _ shell: HostShell, in directory: String) async throws -> HandoverSighting {
        let looks = [look.look]
        let result = try await shell.run(Looking.program(looks).text, in: directory)
        #expect(result.errors == "", "\(shell): \(result.errors)")
        return try look.read(try Looking.read(Array(result.output.utf8), looks)[look.look])
    }

    private static let kinds = ServerKind.installed([.gunicorn, .newestGunicorn, .nginx, .unicorn])

    @Test(.enabled(if: !kinds.isEmpty, "no server is installed"), arguments: kinds)
    func `a server that runs well is taken over`(kind: ServerKind) async throws {
        try await withServerFixture(kind) { server in
            try await server.start()
            let master = try server.master()
            try await server.wait("its workers") { master.children.count >= 2 }
            for shell in HostShell.present {
                let seen = try await Self.ask(try Self.look(server, trial: 30), shell, in: server.root)
                #expect(seen.master?.pid == master.pid && "\(seen.master?.start ?? 0)" == master.started)
                #expect(seen.boot == (try Takeover.boot()))
                #expect(seen.pidFile == .names(master.pid, .alive))
                #expect(seen.sides == [".2": .missing, ".oldbin": .missing])
                #expect(seen.server?.rawValue == kind.word, "\(seen)")
                #expect(seen.version?.text.contains(".") == true, "\(shell): \(seen)")
                #expect(seen.current == "releases/1" && seen.currentReal == server.folder("1"))
                #expect(seen.hasTree)
                #expect(HandoverPlan.workers(seen, kind.profile).count == 2, "\(seen.children)")
                #expect(seen.children.allSatisfy { $0.memory > 0 } && (seen.master?.memory ?? 0) > 0)
                #expect((seen.memoryLeft ?? 0) > 0)
                if case .tcp(let address, let port) = server.target {
                    #expect(seen.listening == [.port(host: address, port: Int(port))], "\(shell)")
                }
                if kind == .unicorn {
                    guard case .none(let why) = seen.trial else { throw TakeoverError("\(seen.trial)") }
                    #expect(why == "unicorn has no check of its configuration")
                } else {
                    guard case .ran(0, _, _) = seen.trial else { throw TakeoverError("\(shell): \(seen.trial)") }
                }
                let decision = Preflight.judge(seen, try Self.wish(server))
                #expect(decision.strategy == .takeover, "\(shell): \(decision.findings)")
                #expect(decision.profile?.name == kind.profile.name)
            }
        }
    }
}
