import Document
import Events
import HostSide
import Supervision
import Testing

@testable import Playbook

/// What is to be done about a service, by what a host says of it.
struct ServiceWorkTests {
    private static let services = """
        releases:
          shop: {root: /srv/shop, artifact: a, user: shop}
        services:
          web:
            release: shop
            command: bin/web --port {{ 8000 + instance }}
            processes: 2
            environment: {SIZE: "{{ size | default(1) }}", TOKEN: !secret env:TOKEN}
            files:
              - {template: web.conf, dest: /etc/web.conf}
          alone: {command: /bin/true, supervisor: none}
          batch: {command: /bin/true, supervisor: runit}

        """

    private static let systemd = SupervisorVersion(.systemd, 252)

    private var world: World {
        var world = World()
        world.services = Self.services
        world.files["root/templates/web.conf"] = "size {{ size | default(1) }} for {{ service }}\n"
        return world
    }

    private func work(_ task: String = "service: web", size: Int? = nil) throws -> ServiceWork {
        var world = world
        if let size { world.inventory = "all: {hosts: {web1: {size: \(size)}}}\n" }
        return try #require(try world.work(task) as? ServiceWork)
    }

    /// A host that has been brought to a rendering, or has nothing.
    private func seen(_ work: ServiceWork, _ rendering: Rendering?) -> Sightings {
        var seen: Sightings = [:]
        for case .path(let path, let hashing) in work.looks {
            var state = PathState(.missing)
            if let file = rendering?.files.first(where: { $0.path == path }) {
                state = PathState(.file, mode: file.mode, size: file.content.utf8.count, sha256: file.sum)
                (state.userName, state.groupName) = (file.owner.user, file.owner.group ?? "x")
            } else if rendering?.directories.contains(where: { $0.path == path }) == true {
                state = PathState(.directory, mode: 0o755, userName: "root", groupName: "root")
            } else if let link = rendering?.links.first(where: { $0.path == path }) {
                state = PathState(.link(target: link.target))
            }
            state.fingerprint = path
            seen[.path(path, hashing: hashing)] = .path(state)
        }
        return seen
    }

    private func sighting(_ states: [ServiceSighting.State] = [], due: Set<Int> = []) -> ServiceSighting {
        var sighting = ServiceSighting()
        sighting.supervisors = [SupervisorVersion(.supervisord, 4, 2), Self.systemd]
        sighting.isEnabled = states.isEmpty ? nil : true
        if !states.isEmpty {
            sighting.manifest = .init(supervisor: .systemd, whole: "web.target", startsAtBoot: true)
        }
        for (number, state) in states.enumerated() {
            var member = ServiceSighting.Member("web@\(number).service", state)
            member.isDue = due.contains(number)
            sighting.members.append(member)
        }
        return sighting
    }

    private func words(_ decision: Decision) -> [String] {
        switch decision {
        case .change(let change): change.words
        case .none: []
        case .impossible(let problem): ["impossible: \(problem.message)"]
        default: ["?"]
        }
    }

    @Test func `nothing is there`() throws {
        let work = try work()
        let decision = work.decide(sighting(), seen(work, nil))
        #expect(
            words(decision) == [
                "definition", "secrets", "file /etc/web.conf", "start web@0.service", "start web@1.service",
            ]
        )
        guard case .change(let change) = decision else { return }
        let shown = change.differences.map(\.path)
        #expect(shown.contains("/etc/systemd/system/web@.service") && shown.contains("/etc/web.conf"))
        #expect(shown.contains("/etc/baton/services/web/service"))
        #expect(!shown.contains { $0.contains("secrets") || $0.contains("born") })
        #expect(change.paths.contains("/etc/baton/services/web/born-1"))
    }

    @Test func `of whom nobody can tell whether a restart is due, that is said`() throws {
        let work = try work()
        let rendering = try work.definition.rendered(for: Self.systemd)
        var found = sighting([.running, .running])
        found.members[1].isDue = nil
        guard case .none(let note) = work.decide(found, seen(work, rendering)) else { return #expect(Bool(false)) }
        #expect(note == "2 running; unknown whether a restart is due")
        found.unfinished = "apply: take web"
        #expect(words(work.decide(found, seen(work, rendering))) == ["restart web@1.service"])
    }

    @Test func `accounts and folders that are not there are known before anything is written`() throws {
        let work = try work()
        var seen = seen(work, nil)
        #expect(work.looks.contains(.name(.user, "shop")))
        seen[.name(.user, "shop")] = .name(isKnown: false)
        var state = PathState(.missing)
        state.place = .missing
        seen[.path("/etc/web.conf", hashing: .always)] = .path(state)
        guard case .change(let change) = work.decide(sighting(), seen) else { return #expect(Bool(false)) }
        #expect(
            change.obstacles.map(\.problem.message) == [
                "there is no user shop on this host", "there is no directory /etc",
            ]
        )
        seen[.name(.user, "shop")] = .name(isKnown: true)
        state.place = .there
        seen[.path("/etc/web.conf", hashing: .always)] = .path(state)
        guard case .change(let good) = work.decide(sighting(), seen) else { return #expect(Bool(false)) }
        #expect(good.obstacles.isEmpty)
    }

    @Test func `a second run changes nothing`() throws {
        let work = try work()
        let rendering = try work.definition.rendered(for: Self.systemd)
        let decision = work.decide(sighting([.running, .running]), seen(work, rendering))
        guard case .none(let note) = decision else {
            Issue.record("\(words(decision))")
            return
        }
        #expect(note == "2 running")
    }

    @Test func `what its process is born with restarts it`() throws {
        let old = try work().definition.rendered(for: Self.systemd)
        let work = try work(size: 2)
        let decision = work.decide(sighting([.running, .running]), seen(work, old))
        #expect(
            words(decision) == [
                "definition", "file /etc/web.conf", "restart web@0.service", "restart web@1.service",
            ]
        )
    }

    @Test func `a restart that was interrupted is still due`() throws {
        let work = try work()
        let rendering = try work.definition.rendered(for: Self.systemd)
        let decision = work.decide(sighting([.running, .running], due: [1]), seen(work, rendering))
        #expect(words(decision) == ["restart web@1.service"])
    }

    @Test func `members that are no more are removed`() throws {
        let work = try work()
        let rendering = try work.definition.rendered(for: Self.systemd)
        let decision = work.decide(sighting([.running, .running, .running]), seen(work, rendering))
        #expect(words(decision) == ["remove web@2.service"])
    }

    @Test(
        arguments: [
            (WantedState.started, [nil, "start", "start", "start", nil, "start"]),
            (.stopped, ["stop", nil, nil, nil, "stop", "stop"]),
            (.restarted, ["restart", "start", "start", "start", "restart", "start"]),
            (.reloaded, ["reload", "start", "start", "start", "reload", "start"]),
        ] as [(WantedState, [String?])]
    )
    func `a state is brought to another`(wanted: WantedState, expected: [String?]) {
        let states: [ServiceSighting.State] = [.running, .stopped, .failed, .absent, .backoff, .stopping]
        for (state, word) in zip(states, expected) {
            #expect(wanted.word(for: .init("m", state), isDue: false) == word, "\(state)")
        }
        #expect(WantedState.started.word(for: .init("m", .running), isDue: true) == "restart")
        #expect(WantedState.reloaded.word(for: .init("m", .running), isDue: true) == "restart")
        #expect(WantedState.stopped.word(for: .init("m", .stopped), isDue: true) == nil)
    }

    @Test func `what a host cannot do is said, and nothing is done`() throws {
        let work = try work()
        let rendering = try work.definition.rendered(for: Self.systemd)
        let good = seen(work, rendering)
        var busy = sighting([.running, .running])
        busy.busy = "restart by root since 3 s"
        #expect(words(work.decide(busy, good))[0].contains("is being changed: restart by root"))
        var foreign = sighting([.running, .running])
        foreign.foreign = ["/etc/systemd/system/web.service", "/etc/init/web.conf"]
        #expect(words(work.decide(foreign, good))[0].contains("that Baton did not write: /etc/systemd/system/web"))
        var none = sighting()
        none.supervisors = []
        #expect(words(work.decide(none, good)) == ["impossible: no supervisor that it can run under runs there"])
        var gone = sighting([.unknown, .unknown])
        gone.manifest?.supervisor = .supervisord
        gone.isSupervised = false
        #expect(words(work.decide(gone, good)) == ["impossible: supervisord has web, and does not run there"])
        let batch = try self.work("service: batch")
        #expect(
            words(batch.decide(sighting(), seen(batch, nil))) == [
                "impossible: batch needs runit, and the host has supervisord 4.2, systemd 252"
            ]
        )
        var blocked = good
        blocked[.path("/etc/web.conf", hashing: .always)] = .path(PathState(.directory))
        #expect(
            words(work.decide(sighting([.running, .running]), blocked)) == [
                "impossible: /etc/web.conf is a directory, not a file"
            ]
        )
    }

    @Test func `a service stays with the supervisor that has it`() throws {
        let work = try work()
        var found = sighting()
        found.manifest = .init(supervisor: .supervisord, whole: "web:*", startsAtBoot: true)
        let decision = work.decide(found, seen(work, nil))
        #expect(words(decision).contains("start web:web_00"))
    }

    @Test func `enabled wins over start_on`() throws {
        let work = try work("service: {name: web, enabled: false}")
        #expect(!work.definition.startsAtBoot)
        let rendering = try work.definition.rendered(for: Self.systemd)
        #expect(words(work.decide(sighting([.running, .running]), seen(work, rendering))) == ["disable"])
    }

    @Test func `secrets are no part of what is written down`() throws {
        guard case .ready(let ready) = try world.resolved("- {hosts: all, tasks: [service: web]}")[0] else { return }
        #expect(ready.isTainted)
        let work = try work()
        guard case .change(let change) = work.decide(sighting(), seen(work, nil)) else { return }
        for difference in change.differences {
            #expect(!String(decoding: difference.new ?? [], as: UTF8.self).contains("hunter2"))
        }
    }

    // MARK: Units, and what is taken away

    private func removal() throws -> ServiceRemovalWork {
        try #require(try world.work("service: {name: web, state: absent}") as? ServiceRemovalWork)
    }

    private func unit(_ task: String) throws -> UnitWork { try #require(try world.work(task) as? UnitWork) }

    @Test func `a unit is brought to a state, and nothing is written`() throws {
        let started = try unit("service: {unit: nginx.service, enabled: true}")
        var found = sighting()
        found.members = [.init("nginx.service", .stopped)]
        found.isEnabled = false
        #expect(words(started.decide(found)) == ["start nginx.service", "enable"])
        found.members = [.init("nginx.service", .running)]
        found.isEnabled = true
        #expect(words(started.decide(found)) == [])
        #expect(words(try unit("restart: {unit: nginx.service}").decide(found)) == ["restart nginx.service"])
        found.members = [.init("nginx.service", .absent)]
        #expect(words(started.decide(found))[0].contains("supervisord 4.2, systemd 252 knows no nginx.service"))
        #expect(words(try unit("service: {unit: nginx.service, state: stopped}").decide(found)) == [])
    }

    @Test func `nobody says stopped of what nobody can look at`() throws {
        let stopped = try unit("service: {unit: app, state: stopped}")
        var found = sighting()
        found.members = [.init("app", .unknown)]
        #expect(words(stopped.decide(found)) == ["stop app"])
        found.isSupervised = false
        #expect(
            words(stopped.decide(found)) == [
                "impossible: nobody can say what app does: its supervisor does not run there"
            ]
        )
        found.members = []
        #expect(words(stopped.decide(found))[0].hasPrefix("impossible: nobody can say"))
        found.isSupervised = true
        #expect(words(stopped.decide(found)) == [])
        let other = try unit("service: {unit: app, state: stopped, supervisor: runit}")
        #expect(words(other.decide(found)) == ["impossible: supervisord 4.2, systemd 252 knows no app"])
        found.supervisors = []
        #expect(words(stopped.decide(found)) == ["impossible: no supervisor that Baton knows runs there"])
    }

    @Test func `the time that something has follows from what is there`() throws {
        func timeout(_ decision: Decision) -> Duration? {
            if case .change(let change) = decision { change.timeout } else { nil }
        }
        var found = sighting([.running, .running])
        found.times = .init(start: 1, stop: 1800, boot: 60)
        let all = Duration.seconds(2 * (60 + 1 + 2 * 1800 + 20))
        #expect(timeout(try removal().decide(found)) == all)
        #expect(timeout(try unit("service: {unit: web, state: stopped}").decide(found)) == all)
        let work = try work()
        #expect(timeout(work.decide(found, seen(work, nil))) == all + (work.usualTimeout ?? .zero))
    }

    @Test func `what nobody supervises is not taken away`() throws {
        var found = sighting([])
        found.manifest = .init(supervisor: .supervisord, whole: "web", startsAtBoot: true)
        found.isSupervised = false
        let decision = try removal().decide(found)
        #expect(words(decision) == ["impossible: nobody can say what web does: supervisord does not run there"])
    }

    @Test func `a failure leaves something down unless the host says that it runs`() throws {
        func answer(_ text: String) -> Sighting { .script(status: 0, stdout: Array(text.utf8), stderr: []) }
        let work = try work()
        #expect(work.isDown(nil) && work.isDown(.failed("gone")) && work.isDown(answer("")))
        #expect(work.isDown(answer("member failed - 3 current - web@0.service\n")))
        #expect(!work.isDown(answer("member running 12 0 current 9 web@0.service\n")))
        #expect(work.isDown(answer("member running 12 0 current 0 web@0.service\nyoung\n")))
        #expect(work.isDown(answer("member running 12 0 current 9 web@0.service\nbusy apply pid 3 by root\n")))
        #expect(try self.work("service: {name: web, state: stopped}").aftermath == nil)
    }

    @Test func `all but secrets counts for the sum of a plan`() throws {
        let one = try work().writtenOpenly
        #expect(one == (try work().writtenOpenly))
        #expect(one != (try work(size: 2).writtenOpenly))
        let rendering = try work().definition.rendered(for: Self.systemd)
        for file in rendering.files where file.isSecret || file.isBirth {
            #expect(!one.contains { $0.contains(file.sum) })
        }
        // Two members: 1 s to start, 35 to stop, and some more.
        let definition = try work().definition
        let seconds = 2 * (definition.startSeconds + 2 * definition.stopSeconds + 80)
        #expect(try work().usualTimeout == .seconds(seconds))
    }

    @Test func `only what Baton put there is taken away`() throws {
        let work = try #require(try world.work("service: {name: gone, state: absent}") as? ServiceRemovalWork)
        #expect(words(work.decide(sighting([.running, .stopped]))) == ["stop web@0.service", "removed"])
        var foreign = sighting()
        foreign.foreign = ["/etc/init/gone.conf"]
        #expect(words(work.decide(foreign)) == [])
    }

    @Test(arguments: [
        ("service: wed", "did you mean \"web\"?"), ("service: {}", "needs one of \"name\" and \"unit\""),
        ("service: {name: web, unit: x}", "cannot stand beside"),
        ("service: {name: web, supervisor: runit}", "is for \"unit\""),
        ("service: {unit: x, state: absent}", "cannot be absent"), ("service: {unit: ../x}", "make the name of a unit"),
        ("service: {unit: -x}", "make the name of a unit"),
        ("service: {name: alone, enabled: true}", "nothing starts alone with the host"),
        ("service: {name: web, state: absent, enabled: true}", "says nothing where"),
        ("restart: nothing", "no service"),
        ("reload: {name: web, state: started}", "no key \"state\""),
    ])
    func `what cannot be is an error`(task: String, words: String) {
        #expect(world.problem(task).contains(words), "\(world.problem(task))")
    }

    @Test func `a service that is not there is told without any host`() throws {
        let playbook = try Playbook.parse(
            SourceText(name: "play.yml", text: "- {hosts: all, tasks: [service: wed, {service: {unit: x}}]}\n")
        )
        #expect(playbook.checkFiles(world.contents()).items.map(\.message) == ["the project has no service \"wed\""])
        #expect(playbook.checkFiles(World().contents()).items[0].hint?.contains("services/*.yml") == true)
        var world = world
        world.files = [:]
        var problems = Diagnostics()
        world.contents().checkServiceFiles(&problems)
        #expect(problems.items.map(\.message) == ["there is no file \"web.conf\""])
    }
}
