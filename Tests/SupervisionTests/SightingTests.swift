import HostSide
import Supervision
import Testing

/// What a host says of a service, read without believing it.
@Suite struct SightingTests {
    private func read(_ lines: String...) throws(ServiceLookError) -> ServiceSighting {
        try ServiceLook.read(Array(lines.joined(separator: "\n").utf8))
    }

    @Test func `a good answer`() throws {
        let seen = try read(
            "supervisor systemd 252",
            "supervisor supervisord 4.2.5",
            "manifest systemd",
            "whole web.target",
            "boot yes",
            "file /etc/systemd/system/web@.service",
            "seconds 3 35 60",
            "enabled no",
            "member running 12 0 due 35 web@0.service",
            "detail active running",
            "log /var/log/web.log",
            "member backoff - - current - web-instance N=1",
            "member running - - unknown - web",
            "unfinished restart: stop web@0.service"
        )
        #expect(seen.supervisors == [SupervisorVersion(.systemd, 252), SupervisorVersion(.supervisord, 4, 2)])
        #expect(seen.manifest?.paths == ["/etc/systemd/system/web@.service"] && seen.manifest?.startsAtBoot == true)
        #expect(seen.isEnabled == false && seen.unfinished == "restart: stop web@0.service" && seen.busy == nil)
        #expect(seen.times == .init(start: 3, stop: 35, boot: 60) && seen.timeout == .seconds(3 * 153))
        var first = ServiceSighting.Member("web@0.service", .running)
        (first.pid, first.restarts, first.uptime, first.isDue) = (12, 0, 35, true)
        (first.detail, first.log) = ("active running", "/var/log/web.log")
        var last = ServiceSighting.Member("web", .running)
        last.isDue = nil
        #expect(seen.members == [first, ServiceSighting.Member("web-instance N=1", .backoff), last])
        #expect(seen.members.map(\.state.isUp) == [true, true, true])
    }

    @Test(arguments: [
        "supervisor cron 1", "supervisor systemd", "supervisor systemd x", "manifest cron", "enabled maybe", "detail x",
        "log /x", "member running 1 0 due 1", "member dancing 1 0 due 1 x", "member running -1 0 due 1 x",
        "member running 1 0 perhaps 1 x", "member running 1 0 due 1 ", "member running 99999999999999999999 0 due 1 x",
        "seconds 1 2", "seconds 1 2 -3", "seconds 1 2 99999", "seconds 1 2 x", "surprise", "busy \u{1b}[1m",
        "busy a\u{7f}",
    ])
    func `anything else is an error`(line: String) {
        #expect(throws: ServiceLookError.self) { try read(line) }
    }

    @Test func `what could not be looked at says why`() {
        let look = ServiceLook(.service("web"))
        func why(_ sighting: Sighting?) -> String? {
            do throws(ServiceLookError) {
                _ = try look.read(sighting)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(why(nil) == "\"web\" was not looked at")
        #expect(why(.failed("no")) == "no")
        #expect(
            why(.script(status: 1, stdout: [], stderr: Array("it is a link\n".utf8)))?.hasPrefix("it is a link") == true
        )
        #expect(why(.script(status: 2, stdout: [], stderr: []))?.contains("ended with 2") == true)
    }
}
