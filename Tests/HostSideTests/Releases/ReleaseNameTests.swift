import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// The way from the name of a release to its root, for who has no project.
@Suite(.enabled(if: ReleaseHost.isPossible, "needs root, setpriv and python3")) struct ReleaseNameTests {
    private func names(_ host: ReleaseHost) -> String { "\(host.folder.path)/names" }

    private func call(_ host: ReleaseHost, _ name: String, _ id: ReleaseID) async throws -> Outcome.Ended? {
        let change = ReleaseChange.keep(id, [KeptFile("a", [65])], name: name)
        return try await host.apply(change, text: "b_rl_names='\(names(host))'\n")
    }

    private func find(_ host: ReleaseHost, _ name: String) async throws -> [String] {
        var script = ReleaseFinding(name).script
        script.text += "b_rl_names='\(names(host))'\n"
        let look = Look.script(script)
        return try ReleaseFinding(name).read(try await host.folder.look([look])[look]).map(\.path)
    }

    @Test(arguments: HostShell.present)
    func `a root is found by its name, and only while it is called so`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            #expect(try await find(host, "shop") == [])
            let id = try await host.stage()
            for _ in 1...2 {
                let ended = try await call(host, "shop", id)
                #expect(ended?.end == .done, "\(ended?.errors ?? "")")
                #expect(try await find(host, "shop") == [host.path])
            }
            let pointer = try Files.read("\(names(host))/shop")
            #expect(String(decoding: pointer, as: UTF8.self) == "\(host.path)\n")
            #expect(try await find(host, "sho") == [])
            // A file that says something else than the root leads nowhere.
            try Files.write(Array("\(host.path)\n".utf8), to: "\(names(host))/other")
            #expect(try await find(host, "other") == [])
            // It is called otherwise by now: the old name has no root any more.
            #expect(try await call(host, "other", id)?.end == .done)
            #expect(try await find(host, "shop") == [])
            #expect(try await find(host, "other") == [host.path])
        }
    }

    @Test(arguments: HostShell.present)
    func `what is in the file is a path or nothing`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            _ = try await call(host, "shop", id)
            let odd = ["relative", "/", "/../etc", "/a\u{7}b", "//", "/not there", "", "$(touch pwned)", "-n"]
            try Files.write(Array((odd + [host.path]).joined(separator: "\n").utf8), to: "\(names(host))/shop")
            // Its last line has no end, and so is none.
            #expect(try await find(host, "shop") == [])
            try Files.write(Array((odd + [host.path, ""]).joined(separator: "\n").utf8), to: "\(names(host))/shop")
            #expect(try await find(host, "shop") == [host.path])
            #expect(try await call(host, "../up", id)?.end == .failed(status: 1))
            #expect(!host.folder.names().contains("pwned"))
        }
    }

    @Test func `what a host answers is read without believing it`() throws {
        func read(_ text: String) throws -> [String] { try ReleaseFinding.read(Array(text.utf8)).map(\.path) }
        #expect(try read("end\n") == [])
        #expect(try read("found /srv/shop\nfound /opt/shop\nend\n") == ["/srv/shop", "/opt/shop"])
        for odd in [
            "", "found /srv/shop\n", "found relative\nend\n", "found /a/../b\nend\n", "found /\nend\n", "x\nend\n",
        ] {
            #expect(throws: ReleaseError.self) { try read(odd) }
        }
    }
}
