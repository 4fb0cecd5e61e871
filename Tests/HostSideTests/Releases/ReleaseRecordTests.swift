import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// What a host writes down of its releases, and what it takes away.
@Suite(.enabled(if: ReleaseHost.isPossible, "needs root, setpriv and python3")) struct ReleaseRecordTests {
    @Test(arguments: HostShell.present)
    func `a release is staged, active and good, and the newest is the last that was switched to`(shell: HostShell)
        async throws
    {
        try await withReleases(shell) { host in
            let one = try await host.stage(version: "1")
            let two = try await host.stage(["file": "2"], version: "2")
            let early = try await host.apply(.mark(two, .good))
            #expect(early?.errors.contains("cannot be good") == true)
            #expect(try await host.done(.mark(two, .active), run: "other") == [.marked(two, .active)])
            #expect(try await host.look()[two]?.run == "other")
            #expect(try await host.apply(.mark(two, .active))?.end == .skipped("it is active already"))
            try await host.done(.mark(two, .good))
            try await host.done(.mark(one, .active))
            try await host.done(.mark(one, .good))
            #expect(try await host.apply(.mark(one, .good))?.end == .skipped("it is good already"))
            let seen = try await host.look()
            #expect(seen[one]?.state == .good && seen[two]?.state == .good)
            #expect(RollbackTarget(seen).abandoned == one && RollbackTarget(seen).target == two)
            // Switched to once more: the newest again, whatever the clock said.
            try await host.done(.mark(two, .active))
            #expect(RollbackTarget(try await host.look()).abandoned == two)
            let unknown = try #require(ReleaseID("9-0123456789ab"))
            #expect(
                try await host.apply(.mark(unknown, .bad))?.errors == "there is no release \(unknown) in \(host.path)\n"
            )
        }
    }

    @Test(arguments: HostShell.present)
    func `the newest is abandoned, and only if it is the one that was seen`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let one = try await host.stage(version: "1")
            let two = try await host.stage(["file": "2"], version: "2")
            try await host.switchTo(one)
            try await host.done(.mark(two, .active))
            #expect(try await host.apply(.abandon(expected: one))?.end == .stale)
            #expect(try await host.done(.abandon(expected: two)) == [.marked(two, .bad)])
            #expect(try await host.apply(.abandon(expected: two))?.end == .skipped("it is bad already"))
            let again = try await host.apply(.mark(two, .good))
            #expect(again?.errors.contains("is bad: it becomes active before") == true)
            #expect(try await host.look()[two]?.state == .bad)
        }
    }

    @Test(arguments: HostShell.present)
    func `what a rollback needs is kept byte for byte`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            let files = [
                KeptFile("bytes", Array(0...255)), KeptFile("empty", []),
                KeptFile("web@1.service", Array("[Unit]\n'$HOME'\\\n\n".utf8)),
            ]
            #expect(try await host.done(.keep(id, files)) == [.kept(id, files: 3)])
            #expect(try await host.look(kept: [id]).kept == [id: files])
            #expect(try await host.look()[id]?.keptFiles == 3)
            #expect(host.folder.mode("shop/.baton/releases/\(id)/kept-1/bytes") == 0o600)
            let others = [KeptFile("other", [7])]
            try await host.done(.keep(id, others))
            let seen = try await host.look(kept: [id])
            #expect(seen.kept == [id: others] && seen[id]?.state == .staged)
            #expect(host.names(".baton/releases/\(id)") == ["kept-2", "record"])
        }
    }

    @Test(arguments: HostShell.present)
    func `a migration happens once in a run`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            var migration = ReleaseChange.Migration(
                id: id,
                run: "run-1",
                command: "echo once >>count; id -un >who; exit 3"
            )
            let ended = try await host.apply(.migrate(migration))
            #expect(ended?.end == .failed(status: 1))
            #expect(ended?.errors.contains("the migration of release \(id) ended with 3") == true)
            migration.command = "echo again >>count"
            #expect(try await host.done(.migrate(migration)) == [.migrated(id)])
            #expect(try await host.apply(.migrate(migration))?.end == .skipped("run run-1 has migrated already"))
            #expect(try host.folder.read("shop/releases/\(id)/count") == "once\nagain\n")
            #expect(try host.folder.read("shop/releases/\(id)/who") == "nobody\n")
            try host.folder.write("shop/.baton/migrations/run-2.migration", "begun \(id)\n")
            migration.run = "run-2"
            let unknown = try await host.apply(.migrate(migration))
            #expect(unknown?.end == .failed(status: ReleaseStatus.unknown))
            #expect(unknown?.errors.contains("only somebody who looks can tell") == true)
            let runs = try await host.look().migrations
            #expect(runs.map(\.run) == ["run-1", "run-2"] && runs.map(\.status) == [0, nil])
            migration.isRepeated = true
            try await host.done(.migrate(migration))
        }
    }

    @Test(arguments: HostShell.present)
    func `what nobody needs goes, and what a process uses stays`(shell: HostShell) async throws {
        try await withReleases(shell, keep: 1) { host in
            var made: [ReleaseID] = []
            for version in 1...5 {
                let id = try await host.stage(["file": "\(version)", "closed/file": ""], version: "\(version)") {
                    $0.prepare = "chmod 000 closed; cp /bin/sleep code"
                }
                try await host.switchTo(id)
                made.append(id)
            }
            let ids = made
            let tree = "\(host.path)/releases/\(ids[0])"
            try await withLoop { loop in
                let child = try RunningChild(
                    ["sh", "-c", "cd \"$1\" && echo there && exec sleep 600", "sh", tree],
                    environment: Surroundings.environment,
                    on: loop
                )
                do {
                    try await untilUsed(host, ids[0])
                    let seen = try await host.look()
                    #expect(seen.uses.contains { $0.name == ids[0].text && $0.how == .directory })
                    #expect(Retention.prunable(seen, keep: 1) == [ids[1], ids[2]])
                    // The host looks itself.
                    let said = try await host.done(.prune(ids))
                    #expect(
                        said.filter { if case .pruned = $0 { true } else { false } } == [
                            .pruned(ids[1]), .pruned(ids[2]),
                        ]
                    )
                    guard case .stays(ids[0], let why)? = said.first else {
                        Issue.record("\(said)")
                        throw ReleaseFailure(text: "it went")
                    }
                    #expect(why.hasPrefix("process ") && why.hasSuffix(" uses it"))
                    #expect(host.names("releases") == [ids[0], ids[3], ids[4]].map(\.text).sorted())
                    #expect(host.names(".baton/releases") == [ids[0], ids[3], ids[4]].map(\.text).sorted())
                } catch {
                    await child.seeToItsEnd(on: loop)
                    throw error
                }
                await child.seeToItsEnd(on: loop)
            }
            #expect(try await host.done(.prune([ids[0]])) == [.pruned(ids[0])])
        }
    }

    /// An executable of a release counts as well, though its process is somewhere else.
    @Test(arguments: HostShell.present)
    func `a program of a release that runs elsewhere is seen`(shell: HostShell) async throws {
        try await withReleases(shell, artifact: .program("code")) { host in
            let staging = try host.upload(try Files.read("/bin/sleep"))
            try await host.done(.stage(staging))
            try await withLoop { loop in
                let child = try RunningChild(
                    ["\(host.path)/releases/\(staging.id)/code", "600"],
                    environment: Surroundings.environment,
                    on: loop
                )
                do {
                    try await untilUsed(host, staging.id)
                    let uses = try await host.look().uses.filter { $0.name == staging.id.text }
                    #expect(Set(uses.map(\.how)) == [.executable, .code])
                    #expect(try await host.done(.prune([staging.id])).count == 1)
                    #expect(host.names("releases") == [staging.id.text])
                } catch {
                    await child.seeToItsEnd(on: loop)
                    throw error
                }
                await child.seeToItsEnd(on: loop)
            }
        }
    }

    private func untilUsed(_ host: ReleaseHost, _ id: ReleaseID) async throws {
        for _ in 0..<200 where try await !host.look().uses.contains(where: { $0.name == id.text && $0.how != .code }) {}
    }

    @Test(arguments: HostShell.present)
    func `a tree full of hostile links is removed and nothing behind them`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            try await host.folder.command(
                "sh",
                "-c",
                "mkdir precious open; echo x >precious/file; chmod 777 open; echo y >open/theirs; chown 65534 open/theirs"
            )
            let one = try await host.stage(version: "1") {
                $0.prepare = """
                    ln -s \(host.folder.path)/precious precious; ln -s / root; ln -s ../../.baton baton; ln -s .. up
                    mkdir deep; ln -s \(host.folder.path)/open deep/open; ln -s nowhere 'a b'; ln -s . ./-rf
                    """
            }
            try await host.switchTo(try await host.stage(["file": "2"], version: "2"))
            try await host.switchTo(try await host.stage(["file": "3"], version: "3"))
            // Something of root's in it is no reason to follow anything.
            try await host.folder.command(
                "sh",
                "-c",
                "mkdir shop/releases/\(one)/deep/mine && echo >shop/releases/\(one)/deep/mine/file"
            )
            let said = try await host.done(.prune([one]))
            #expect(said.first == .pruned(one) || said.contains(.pruned(one)), "\(said)")
            #expect(host.folder.names("precious") == ["file"] && host.folder.names("open") == ["theirs"])
            if shell != .applets, !said.contains(where: { if case .note = $0 { true } else { false } }) {
                #expect(try await host.look().halfStaged.isEmpty)
            }
            #expect(host.names(".baton").contains("lease"))
        }
    }
}
