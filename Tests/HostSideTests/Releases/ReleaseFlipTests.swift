import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// `current` goes from one release to another.
@Suite(.enabled(if: ReleaseHost.isPossible, "needs root, setpriv and python3")) struct ReleaseFlipTests {
    private static func flip(_ from: String?, _ to: ReleaseID, isBack: Bool = false) -> ReleaseChange {
        .flip(ReleaseChange.Flip(from: from, to: to, isBack: isBack))
    }

    @Test(arguments: HostShell.present)
    func `what is switched to is active and the newest, and what is gone back to stays what it is`(shell: HostShell)
        async throws
    {
        try await withReleases(shell) { host in
            let one = try await host.stage(version: "1")
            let two = try await host.stage(["file": "2"], version: "2")
            #expect(try await host.done(Self.flip(nil, one)) == [.flipped(one)])
            #expect(try await host.look().currentRelease == one)
            #expect(try await host.look()[one]?.state == .active)
            try await host.done(.mark(one, .good))
            let again = try await host.apply(Self.flip(nil, one))
            #expect(again?.end == .skipped("\(host.path)/current names \(one) already"))
            #expect(try await host.look()[one]?.state == .good)

            try await host.done(Self.flip(host.root.target(one), two), run: "other")
            let seen = try await host.look()
            #expect(seen.currentRelease == two && seen[two]?.state == .active && seen[two]?.run == "other")
            #expect(RollbackTarget(seen).abandoned == two && RollbackTarget(seen).target == one)

            try await host.done(Self.flip(host.root.target(two), one, isBack: true))
            let back = try await host.look()
            #expect(back.currentRelease == one && back[one] == seen[one])
            // One that was bad, or never switched to, becomes active though `current` names it already.
            try await host.done(.mark(two, .bad))
            try await host.folder.command("ln", "-sfn", host.root.target(two), host.root.current)
            #expect(try await host.done(Self.flip(host.root.target(two), two)) == [.flipped(two)])
            #expect(try await host.look()[two]?.state == .active)
            #expect(host.names("").sorted() == [".baton", "current", "releases"])
        }
    }

    @Test(arguments: HostShell.present)
    func `nothing is switched that is not as it was seen`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let one = try await host.stage(version: "1")
            let two = try await host.stage(["file": "2"], version: "2")
            try await host.done(Self.flip(nil, one))
            for from in [nil, "releases/other", host.root.target(two) + "x"] {
                let stale = try await host.apply(Self.flip(from, two))
                #expect(stale?.end == .stale)
                #expect(stale?.errors.contains("current says \(host.root.target(one)), and not") == true)
            }
            // Somebody may have written the same in another way.
            try await host.folder.command("ln", "-sfn", "\(host.path)/releases/\(one)/", host.root.current)
            try await host.done(Self.flip(host.root.target(one), two))
            try await host.folder.command("rm", "shop/current")
            #expect(try await host.apply(Self.flip(host.root.target(two), one))?.end == .stale)
            try await host.folder.command("mkdir", "shop/current")
            #expect(try await host.apply(Self.flip(nil, one))?.end == .stale)
            #expect(host.names("current").isEmpty)
        }
    }

    @Test(arguments: HostShell.present)
    func `nothing is switched to what cannot run`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let one = try await host.stage(version: "1")
            try await host.folder.command("mv", "shop/releases/\(one)", "shop/away")
            let gone = try await host.apply(Self.flip(nil, one))
            #expect(gone?.errors.contains("has no tree") == true, "\(gone?.errors ?? "")")
            let unknown = try #require(ReleaseID("9-0123456789ab"))
            let none = try await host.apply(Self.flip(nil, unknown))
            #expect(none?.errors == "there is no release \(unknown) in \(host.path)\n")
            #expect(try await host.look().current == .missing)
        }
    }

    /// An old mv goes into the directory that a link names.
    @Test(arguments: HostShell.present)
    func `where mv cannot replace a link the old one goes aside`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let one = try await host.stage(version: "1")
            let two = try await host.stage(["file": "2"], version: "2")
            try await host.done(Self.flip(nil, one))
            let old = """
                mv() { case $1 in -fT | -fh) return 1 ;; esac; command mv "$@"; }

                """
            let ended = try await host.apply(Self.flip(host.root.target(one), two), text: old)
            #expect(ended?.end == .done, "\(ended?.errors ?? "")")
            #expect(try await host.look().currentRelease == two)
            #expect(host.names("").sorted() == [".baton", "current", "releases"])
            #expect(host.names("releases/\(one)") == ["file"])
            // The host went down between the two names.
            try await host.folder.command("mv", "-T", "shop/current", "shop/.current.old")
            try await host.done(Self.flip(host.root.target(two), one))
            #expect(try await host.look().currentRelease == one)
            #expect(host.names("").sorted() == [".baton", "current", "releases"])
        }
    }
}
