import Handover
import HostSide
import Shell
import Testing

/// What lies on the host, exactly, and what is refused before it is sent.
@Suite struct OrderTests {
    private static func order() -> HandoverOrder {
        var order = HandoverOrder(
            nonce: "0123456789abcdef",
            profile: .gunicorn,
            old: HandoverOrder.Identity(pid: 4711, start: 99, boot: "aa-bb.7"),
            uid: 1001,
            gid: 1002,
            user: "shop",
            pidFile: "/run/shop/web.pid",
            flips: [HandoverOrder.Flip(.link, "/srv/shop/current", new: "releases/2", old: "releases/1")],
            workers: 4,
            check: Check(.http(HTTPCheck(host: "127.0.0.1", port: 8000, path: "/health")), timeout: .seconds(3))
        )
        (order.newVersion, order.oldVersion) = ("2.4.1", "2.4.0")
        return order
    }

    private static func file(_ name: String, _ order: HandoverOrder) throws -> String {
        try #require(try order.files().first { $0.name == name }).text
    }

    @Test func `the order is lines of a key and a value`() throws {
        let text = try Self.file("order", Self.order())
        for line in [
            "nonce 0123456789abcdef", "old 4711 99 aa-bb.7", "uid 1001", "gid 1002", "user shop", "command gunicorn",
            "pidfile /run/shop/web.pid", "side /run/shop/web.pid.2", "side_holds new", "want 4", "stable 500",
            "interval 50", "final TERM", "new_stop TERM QUIT", "lost back",
            "flip link\t/srv/shop/current\treleases/2\treleases/1",
        ] { #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)") }
        #expect(text.split(separator: "\n").allSatisfy { $0.first?.isLetter == true })
    }

    @Test func `the table on the host has numbers and decisions`() throws {
        var order = Self.order()
        var lines = try Self.file("edges", order).split(separator: "\n")
        #expect(lines.count == HandoverTable.edges.count)
        #expect(lines.allSatisfy { $0.split(separator: " ").count == 7 })
        #expect(lines.contains("seen drain draining 5 draining mixed back"))
        #expect(lines.contains("draining watch drained 40 alone draining back"))
        order.profile.ignoredDrain = .rollback
        order.overrun = .rollback
        lines = try Self.file("edges", order).split(separator: "\n")
        #expect(lines.contains("seen drain draining 5 draining failing back"))
        #expect(lines.contains("draining watch drained 40 alone failing back"))
        order.profile.drain = nil
        #expect(try Self.file("edges", order).contains("ready probe glimpsed 30 mixed failing back"))
    }

    @Test func `each probe asks for its own release`() throws {
        let order = Self.order()
        #expect(try Self.file("probe.new", order).contains("baton_ask_body_holds 2.4.1"))
        #expect(try Self.file("probe.old", order).contains("baton_ask_body_holds 2.4.0"))
        #expect(!(try Self.file("probe.any", order).contains("baton_ask_body_holds 2")))
    }

    @Test(arguments: [
        "nonce", "newline", "tab", "relative", "same ends", "user", "no user", "workers", "command", "boot", "stops",
    ])
    func `what could be read as something else is refused`(what: String) {
        var order = Self.order()
        switch what {
        case "nonce": order.nonce = "../../etc/passwd"
        case "newline": order.pidFile = "/run/x\nfinal KILL"
        case "tab": order.flips[0].new = "releases/2\treleases/3"
        case "relative": order.flips[0].path = "current"
        case "same ends": order.flips[0].old = "releases/2"
        case "user": order.user = "-c id"
        case "no user": order.user = ""
        case "workers": order.newWorkers = 0
        case "command": order.profile.command = ""
        case "boot": order.old.boot = "a b"
        default: order.profile.newStop = [.term]
        }
        #expect(throws: HandoverOrderError.self) { try order.files() }
    }

    @Test(arguments: [
        ("18.0", "gunicorn-18"), ("0.17.4", ""), ("17.5", "gunicorn-18"), ("19.0.0", "gunicorn-19.0"),
        ("19.5.0", "gunicorn-19.0"), ("19.6.0", "gunicorn"), ("19.10.0", "gunicorn"), ("20.1.0", "gunicorn"),
        ("27.0.1", "gunicorn"), ("23.dev1", "gunicorn"), ("", ""), ("new", ""), ("-1", ""),
    ])
    func `a gunicorn is told by its version`(version: String, name: String) {
        // 0.17 is older than the first whole number; nobody runs it on a system that this runs on.
        #expect((HandoverProfile.gunicorn(version: version)?.name ?? "") == name)
    }

    @Test func `QUIT and TERM changed places in 19`() {
        #expect(HandoverProfile.gunicorn18.finalStop == .quit && HandoverProfile.gunicorn19.finalStop == .term)
        #expect(HandoverProfile.gunicorn.newStop == [.term, .quit] && HandoverProfile.nginx.newStop == [.quit, .term])
    }

    @Test func `calls are quoted`() {
        let program = HandoverProgram.renew(in: "/srv/a b/.baton/handover", seconds: 60, epoch: 7, owner: "it's me")
        #expect(
            program.text
                == "sh '/srv/a b/.baton/handover/program' '/srv/a b/.baton/handover' renew 60 7 'it'\\''s me'\n"
        )
    }
}
