import Handover
import HostSide
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

/// Whole takeovers of real servers, by the conductor alone: it is begun, and then only confirmed.
@Suite(.serialized) struct TakeoverTests {
    @Test(.enabled(if: !ServerKind.danced.isEmpty, "no server is installed"), arguments: ServerKind.danced)
    func `a takeover loses nothing`(kind: ServerKind, shell: HostShell) async throws {
        let report = try await underLoad(kind, shell) { takeover, load in
            let verdict = try await takeover.dance(load)
            #expect(verdict.outcome == .committed && verdict.serves == .new, "\(verdict) \(takeover.story)")
            #expect(verdict.touched && verdict.back == nil && verdict.probes >= 7)
            #expect(takeover.has("committed.\(takeover.order.nonce)"))
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(
        .enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing),
        arguments: ServerKind.installed([.gunicorn, .nginx])
    )
    func `a takeover on a unix socket loses nothing`(kind: ServerKind) async throws {
        var options = ServerFixture.Options()
        options.onUnixSocket = true
        let report = try await underLoad(kind, .dash, options) { takeover, load in
            let verdict = try await takeover.dance(load)
            #expect(verdict.outcome == .committed, "\(verdict) \(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a binary is replaced in its place, and comes back`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            var takeover = try await Takeover(server)
            let files = ["tool", "tool.new", "tool.old"].map { "\(server.shared)/\($0)" }
            for (file, text) in zip(files, ["one", "two", "one"]) { try Files.write(Array(text.utf8), to: file) }
            takeover.order.flips.append(HandoverOrder.Flip(.file, files[0], new: files[1], old: files[2]))
            try server.behave(["boot": "fail"], "2")
            try await takeover.begin()
            var during = ""
            let verdict = try await takeover.verdict { state in
                if state == "switched" { during = String(decoding: try Files.read(files[0]), as: UTF8.self) }
            }
            #expect(verdict.outcome == .undone && during == "two", "\(takeover.story)")
            #expect(String(decoding: try Files.read(files[0]), as: UTF8.self) == "one")
            try await takeover.isBack()
        }
    }
}
