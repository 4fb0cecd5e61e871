import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// First contact: what `current` was before Baton came.
@Suite(.enabled(if: ReleaseHost.isPossible, "needs root, setpriv and python3")) struct ReleaseAdoptionTests {
    @Test(arguments: HostShell.present)
    func `a link elsewhere becomes the release found, and stays for good`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            try await host.folder.command("sh", "-c", "mkdir 'old one' && ln -s '../old one' shop/current")
            #expect(try await host.look().current == .elsewhere("../old one"))
            #expect(try await host.look().needsAdoption)
            let adopt = ReleaseChange.adopt(convertsDirectory: true)
            #expect(try await host.done(adopt) == [.adopted(.found, target: "../old one")])
            #expect(try await host.apply(adopt)?.end == .skipped("found is a release already"))
            let seen = try await host.look()
            #expect(
                seen.currentRelease == .found && seen[.found]?.state == .good && seen[.found]?.target == "../old one"
            )
            #expect(!seen.needsAdoption && seen[.found]?.hasTree == true)
            for version in 1...3 {
                try await host.switchTo(try await host.stage(["f": "\(version)"], version: "\(version)"))
            }
            #expect(Retention.prunable(try await host.look(), keep: 1).contains(.found) == false)
            #expect(try await host.done(.prune([.found])) == [.stays(.found, "it was here before Baton")])
            #expect(host.folder.names().contains("old one"))
        }
    }

    @Test(arguments: HostShell.present)
    func `a link to a tree without a record is found as well, and a second one is another`(shell: HostShell)
        async throws
    {
        try await withReleases(shell) { host in
            try await host.folder.command("sh", "-c", "mkdir shop/releases/20260101 shop/releases/20260202")
            try await host.folder.command("ln", "-s", "releases/20260101", "shop/current")
            try await host.done(.adopt(convertsDirectory: false))
            try await host.folder.command("ln", "-sfn", "\(host.path)/releases/20260202", "shop/current")
            let second = try #require(ReleaseID("found-2"))
            #expect(
                try await host.done(.adopt(convertsDirectory: false))
                    == [.adopted(second, target: "\(host.path)/releases/20260202")]
            )
            try await host.folder.command("ln", "-sfn", "releases/20260101", "shop/current")
            let seen = try await host.look()
            #expect(seen.currentRelease == .found && seen.records.count == 2)
            #expect(RollbackTarget(seen).abandoned == second && RollbackTarget(seen).target == .found)
        }
    }

    @Test(arguments: HostShell.present)
    func `a directory stays one until it is to become a link`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            try await host.folder.command("sh", "-c", "mkdir shop/current && echo live >shop/current/file")
            #expect(try await host.done(.adopt(convertsDirectory: false)) == [.adopted(.found, target: "current")])
            #expect(try await host.look().currentRelease == .found)
            #expect(
                try await host.apply(.adopt(convertsDirectory: false))?.end == .skipped("found is a release already")
            )
            #expect(
                try await host.done(.adopt(convertsDirectory: true)) == [.adopted(.found, target: "releases/found")]
            )
            #expect(try await host.folder.state("shop/current")?.kind == .link(target: "releases/found"))
            #expect(try host.folder.read("shop/current/file") == "live\n")
            #expect(host.names("releases") == ["found"])
            let seen = try await host.look()
            #expect(seen.current == .release(.found) && seen.strangers.isEmpty)
        }
    }

    @Test(arguments: HostShell.present)
    func `what cannot be adopted is said`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            #expect(
                try await host.apply(.adopt(convertsDirectory: false))?.end
                    == .skipped("there is no current release yet")
            )
            try await host.folder.command("ln", "-s", "nowhere", "shop/current")
            #expect(try await host.look().current == .dangling("nowhere"))
            #expect(
                try await host.apply(.adopt(convertsDirectory: false))?.errors.contains("nothing can be adopted")
                    == true
            )
            try await host.folder.command("sh", "-c", "rm shop/current; echo >shop/current")
            #expect(try await host.look().current == .other)
            #expect(
                try await host.apply(.adopt(convertsDirectory: false))?.errors.contains(
                    "neither a link nor a directory"
                ) == true
            )
        }
    }
}
