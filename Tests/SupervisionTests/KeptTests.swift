import Document
import HostSide
import Supervision
import TestSupport
import Testing

/// What a host keeps of a release: it comes back as it went, without its secrets in the text, and nothing else is believed.
@Suite struct KeptTests {
    private static let root = "/srv/shop"

    private static func release(_ services: [KeptService]) -> KeptRelease {
        KeptRelease(name: "shop", version: "2.10", user: "shop", keep: 5, services: services)
    }

    /// Where keys were written is not kept, only which.
    private static func bare(_ release: KeptRelease) -> KeptRelease {
        var release = release
        for index in release.services.indices { release.services[index].definition.origins = [:] }
        return release
    }

    private static func keys(_ release: KeptRelease?) -> [[String]] {
        (release?.services ?? []).map { service in
            service.definition.origins.keys.filter(ServiceKeys.rows.contains).sorted()
        }
    }

    private func comesBack(_ release: KeptRelease) throws {
        let back = try KeptRelease.read(release.files.shuffled(), under: Self.root)
        #expect(back.map(Self.bare) == Self.bare(release))
        #expect(Self.keys(back) == Self.keys(release))
        // The secrets lie beside it, and nowhere else.
        for service in release.services {
            for file in release.files where !file.name.hasSuffix(".secrets") {
                let text = String(decoding: file.bytes, as: UTF8.self)
                for secret in service.secrets where secret.utf8.count > 5 { #expect(!text.contains(secret)) }
            }
        }
    }

    @Test(arguments: Project.names(in: "rendered"))
    func `every definition of the cases comes back, and makes the same files`(name: String) throws {
        var definition = try Project.named(name).definition()
        definition.root = Self.root
        let kept = KeptService(definition, nil)
        try comesBack(Self.release([kept]))
        let back = try #require(try KeptRelease.read(Self.release([kept]).files, under: Self.root)?.services.first)
        for supervisor in Supervisor.allCases {
            let rendering = try? definition.rendered(for: supervisor.usualVersion)
            let again = try? back.definition.rendered(for: supervisor.usualVersion)
            #expect(again == rendering)
        }
    }

    @Test func `random definitions come back`() throws {
        var random = Seeded(8)
        for _ in 0..<300 {
            var services: [KeptService] = []
            for number in 0..<Int.random(in: 0...3, using: &random) {
                services.append(Made(random: random).service("service\(number)"))
                _ = random.next()
            }
            var release = Self.release(services)
            if let first = services.first, Bool.random(using: &random) { release.brought = [first.name] }
            try comesBack(release)
        }
    }

    @Test func `nothing kept is nothing, and what was cut or changed is an error`() throws {
        #expect(try KeptRelease.read([], under: Self.root) == nil)
        let files = Self.release([Made(random: Seeded(1)).service("web", isFull: true)]).files
        #expect(files.map(\.name) == ["release", "web.service", "web.secrets"])
        #expect(throws: KeptProblem.self) { try KeptRelease.read(files, under: "/srv/other") }
        for file in files.indices {
            var fewer = files
            fewer.remove(at: file)
            #expect(throws: KeptProblem.self) { try KeptRelease.read(fewer, under: Self.root) }
            // Every cut.
            for count in stride(from: 0, to: files[file].bytes.count - 2, by: 7) {
                var cut = files
                cut[file] = KeptFile(cut[file].name, Array(cut[file].bytes.prefix(count)))
                #expect(throws: KeptProblem.self) { try KeptRelease.read(cut, under: Self.root) }
            }
        }
    }

    @Test(
        arguments: [
            ("\"user\":\"nobody\"", "\"user\":\"nobody\\nExecStart=/bin/sh\""),
            ("\"user\":\"nobody\"", "\"user\":\"nobody\",\"more\":1"), ("baton.service/1", "baton.service/2"),
            ("\"stop_signal\":\"TERM\"", "\"stop_signal\":\"NONE\""), ("\"stop_seconds\":10", "\"stop_seconds\":-1"),
            ("\"stop_seconds\":10", "\"stop_seconds\":1e99"), ("\"boot\":true", "\"boot\":\"true\""),
            ("\"command\":[\"/bin/true\"]", "\"command\":[]"),
            ("\"command\":[\"/bin/true\"]", "\"command\":[\"/bin/../../sh\"]"),
            ("\"directory\":\"/\"", "\"directory\":\"/a b\\n\""), ("[[\"A\",\"1\"]]", "[[\"A\"]]"),
            ("[[\"A\",\"1\"]]", "[[\"A B\",\"1\"]]"), ("[[\"A\",\"1\"]]", "[[\"A\",\"\\u0000\"]]"),
            ("\"keys\":[]", "\"keys\":[{}]"), ("\"name\":\"web\"", "\"name\":\"../web\""),
        ]
    )
    func `what no project could have written is refused`(old: String, new: String) throws {
        var definition = ServiceDefinition(
            name: "web",
            description: "web",
            root: Self.root,
            user: "nobody",
            instances: [ServiceInstance(number: 0, command: ["/bin/true"], directory: "/")]
        )
        definition.instances[0].environment = [EnvironmentVariable("A", "1")]
        var files = Self.release([KeptService(definition, nil)]).files
        #expect(try KeptRelease.read(files, under: Self.root) != nil)
        let text = String(decoding: files[1].bytes, as: UTF8.self)
        #expect(text.contains(old))
        files[1] = KeptFile(files[1].name, Array(text.replacing(old, with: new).utf8))
        #expect(throws: KeptProblem.self) { try KeptRelease.read(files, under: Self.root) }
    }

    @Test func `an error about a secret does not show it`() throws {
        var files = Self.release([Made(random: Seeded(1)).service("web", isFull: true)]).files
        let text = #"{"schema":"baton.secrets/1","instances":[[["A","hunter2hunter2\u0000"]]],"files":{}}"#
        files[2] = KeptFile(files[2].name, Array(text.utf8))
        do {
            _ = try KeptRelease.read(files, under: Self.root)
            Issue.record("it was read")
        } catch {
            #expect(!error.description.contains("hunter2"), "\(error)")
        }
    }

    @Test func `a host takes so much and no more`() {
        var service = Made(random: Seeded(1)).service("web", isFull: true)
        #expect(Self.release([service]).problem == nil)
        service.definition.files[0].content = String(repeating: "x", count: 200_000)
        #expect(Self.release([service]).problem?.contains("128 KiB") == true)
    }
}

/// Definitions as no two are the same.
private struct Made {
    var random: Seeded

    private mutating func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }

    private mutating func one<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }

    private static let words = [
        "plain", "", " two words ", "quote\"s 'and' \\slashes", "line\nend\r\ttab\u{1}", "$(x) `y` %h {{ z }}",
        "naïve ☃ 𝄞",
        "true", "12", "null", "2026-01-01", "\u{2028}\u{7f}", "!secret env:X", "{\"a\":[1]}",
    ]

    private mutating func variables(_ names: [String]) -> [EnvironmentVariable] {
        names.filter { _ in Bool.random(using: &random) }.map { EnvironmentVariable($0, one(Self.words)) }
    }

    mutating func definition(_ name: String, isFull: Bool) -> ServiceDefinition {
        var instances: [ServiceInstance] = []
        for number in 0..<Int.random(in: 1...3, using: &random) {
            var instance = ServiceInstance(
                number: number,
                command: ["/srv/shop/current/bin/web"] + (0..<2).map { _ in one(Self.words) },
                directory: one(["/", "/srv/shop/current", "/srv/a+b@c"])
            )
            instance.environment = variables(["A", "B_1", "PATH"])
            instance.secrets = variables(["KEY", "TOKEN"]).map { EnvironmentVariable($0.name, $0.value + "-hidden") }
            if isFull { instance.secrets = [EnvironmentVariable("A", "correct horse")] }
            instance.logFile = maybe("/var/log/web-\(number)")
            instance.listen = one([nil, .port(host: "[::1]", port: 80), .port(host: "a.b", port: 1), .socket("/run/s")])
            instances.append(instance)
        }
        var own = ServiceDefinition(
            name: name,
            description: one(["Web", "Größe 2", "a \"b\""]),
            root: "/srv/shop",
            user: one(["root", "deploy"]),
            instances: instances
        )
        own.group = maybe("www-data")
        own.environmentFiles = maybe(["/etc/default/web"]) ?? []
        (own.startSeconds, own.stopSeconds) = (Int.random(in: 0...3600, using: &random), 86_400)
        (own.stopSignal, own.reloadSignal) = (one(Signal.allCases), one(Signal.allCases))
        own.normalExit = maybe([.status(0), .signal(.term), .status(255)]) ?? []
        own.restart = Restart(policy: one(RestartPolicy.allCases), limit: maybe(10_000), within: 604_800)
        (own.startsAtBoot, own.adopts) = (Bool.random(using: &random), Bool.random(using: &random))
        own.postStop = maybe("rm -f /run/x; echo \"a\nb\"")
        let rotation = Rotation(bytes: 1 << 40, keep: 1000)
        own.logs = one([.usual, .journal, .syslog, .file(nil), .file(rotation), .home(rotation)])
        own.limits = maybe([Limit(resource: .files, value: nil), Limit(resource: .core, value: 0)]) ?? []
        own.runtimeDirectories = maybe(["web", "a.b"]) ?? []
        own.supervisor = one([.automatic, .named(.alone), .named(.runit), .oneOf([.systemd, .supervisord])])
        own.handover.strategy = one(HandoverWish.Strategy.allCases)
        own.handover.profile = maybe("gunicorn-19.0")
        own.handover.pidfile = maybe("/run/web/pid")
        (own.handover.boot, own.handover.drain) = (.milliseconds(1500), .seconds(7 * 86_400))
        own.handover.overrun = one(HandoverWish.Overrun.allCases)
        if Bool.random(using: &random) {
            var generic = GenericServer(process: "my server", secondPidFile: ".2", secondIsNew: true, final: .quit)
            (generic.drain, generic.revive) = (maybe(.winch), maybe(.hup))
            own.handover.generic = generic
        }
        own.files = (0..<(isFull ? 1 : Int.random(in: 0...2, using: &random))).map { number in
            var owner = Rendering.Owner.root
            owner.group = maybe("www-data")
            let isSecret = isFull ? false : Bool.random(using: &random)
            return InstalledFile(
                path: "/etc/web/\(number).conf",
                mode: one([0o644, 0o7777, 0]),
                owner: owner,
                content: one(Self.words) + (isSecret ? "-hidden" : ""),
                isSecret: isSecret
            )
        }
        let place = Origin(SourceText(name: "services.yml", text: ""), .start)
        own.origins = Dictionary(["limits.core", "user", "logs: syslog"].map { ($0, place) }) { first, _ in first }
        return own
    }

    func service(_ name: String, isFull: Bool = false) -> KeptService {
        var own = self
        let definition = own.definition(name, isFull: isFull)
        let questions: [Health.Question] = [
            .http("http://unix:/run/s/healthz?a=%20", status: 204), .command("x | y"),
        ]
        let question = own.one(questions)
        var health = own.maybe(Health(question: question))
        health?.version = own.maybe("v2.10 ☃")
        health?.versionHeader = own.maybe("X-Version")
        return KeptService(definition, health)
    }
}
