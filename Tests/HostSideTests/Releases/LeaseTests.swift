import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Who may change what is under a root.
@Suite(.enabled(if: ReleaseHost.isPossible, "needs root, setpriv and python3")) struct LeaseTests {
    private static let other = "bob@desk run 2"

    private func take(_ host: ReleaseHost, over: Bool = false) async throws -> LeaseAnswer {
        try await host.ask(
            try LeaseRequest.take(host.root, owner: Self.other, seconds: 600, takingOver: over),
            owner: Self.other
        )
    }

    /// The lease as if it had been written then.
    private func rewrite(_ host: ReleaseHost, _ change: String) async throws {
        try await host.folder.command(
            "sh",
            "-c",
            "cd shop/.baton && read -r until boot epoch owner <lease && \(change)"
        )
    }

    @Test(arguments: HostShell.present)
    func `one has it, and another is told who`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            #expect(host.lease.epoch == 1 && host.lease.seconds == 3600)
            guard case .refused(let holder) = try await take(host) else {
                Issue.record("two have it")
                return
            }
            #expect(holder.owner == host.lease.owner && holder.epoch == 1 && holder.isHeld && holder.secondsLeft > 500)
            let seen = try await host.look().lease
            #expect(seen?.owner == host.lease.owner && seen?.isHeld == true)
        }
    }

    @Test(arguments: HostShell.present)
    func `a lease that is given back can be had, and its epoch never again`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let result = try await host.folder.run(LeaseRequest.release(host.lease).changingProgram("release").text)
            #expect(result.status == .exited(0), "\(result.errors)")
            guard case .held(let lease) = try await take(host) else {
                Issue.record("it is still held")
                return
            }
            #expect(lease.epoch == 2)
            let again = try await host.folder.run(LeaseRequest.release(host.lease).changingProgram("release").text)
            #expect(again.status == .exited(76))
            #expect(try await host.look().lease?.isHeld == true)
        }
    }

    @Test(arguments: HostShell.present)
    func `whoever was taken over can neither renew nor change anything`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            let upload = try host.upload(try await host.archive(["file": "2"]), version: "2")
            guard case .held(let lease) = try await take(host, over: true) else {
                Issue.record("it cannot be taken over")
                return
            }
            #expect(lease.epoch == 2)
            let migration = ReleaseChange.Migration(id: id, run: "r", command: "echo >ran")
            let changes: [ReleaseChange] = [
                .stage(upload), .migrate(migration), .adopt(convertsDirectory: true), .mark(id, .active),
                .flip(ReleaseChange.Flip(from: nil, to: id)),
                .flip(ReleaseChange.Flip(from: nil, to: id, isBack: true)),
                .abandon(expected: id), .prune([id]), .keep(id, [KeptFile("a", [1])]),
            ]
            for change in changes {
                let ended = try await host.apply(change)
                #expect(ended?.end == .failed(status: ReleaseStatus.fenced), "\(change)")
                #expect(
                    ended?.errors == "fenced: epoch 1 is over: \(Self.other) has epoch 2\n",
                    "\(ended?.errors ?? "")"
                )
            }
            let renewed = try await host.ask(try LeaseRequest.renew(host.lease), owner: host.lease.owner)
            guard case .refused(let holder) = renewed else {
                Issue.record("it was renewed")
                return
            }
            #expect(holder.owner == Self.other)
            let seen = try await host.look()
            #expect(
                seen.records.map(\.id) == [id] && seen.records[0].state == .staged && seen.records[0].keptFiles == 0
            )
            #expect(host.names("releases/\(id)") == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `an epoch that nobody gave is fenced as well`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            var ahead = host
            for (owner, epoch) in [(host.lease.owner, UInt32(9)), ("eve", 1)] {
                ahead.lease = Lease(root: host.root, owner: owner, epoch: epoch)
                let ended = try await ahead.apply(.adopt(convertsDirectory: false))
                #expect(ended?.end == .failed(status: ReleaseStatus.fenced))
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `a lease ends with its time and with its boot`(shell: HostShell) async throws {
        let ways = ["echo \"1 $boot $epoch $owner\" >lease", "echo \"$until 0$boot $epoch $owner\" >lease"]
        for way in ways {
            try await withReleases(shell) { host in
                try await rewrite(host, way)
                #expect(try await host.look().lease?.isHeld == false)
                let ended = try await host.apply(.adopt(convertsDirectory: false))
                #expect(ended?.errors == "fenced: the lease of epoch 1 has run out\n", "\(ended?.errors ?? "")")
                let renewed = try await host.ask(try LeaseRequest.renew(host.lease), owner: host.lease.owner)
                guard case .refused = renewed else {
                    Issue.record("it was renewed")
                    return
                }
                guard case .held(let lease) = try await take(host) else {
                    Issue.record("it cannot be had")
                    return
                }
                #expect(lease.epoch == 2)
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `a renewal holds from now on`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            guard
                case .held(let lease) = try await host.ask(
                    try LeaseRequest.renew(host.lease, seconds: 900),
                    owner: host.lease.owner
                )
            else {
                Issue.record("it was not renewed")
                return
            }
            #expect(lease.epoch == 1 && lease.seconds == 900)
            #expect(try await host.look().lease?.secondsLeft ?? 0 > 800)
        }
    }

    @Test(arguments: HostShell.present)
    func `what is no lease stops everything`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            for text in ["", "x", "1 b -1 me", "1 b 01 me", "1 b 1 ", "1 b 99999999999 me", "1 b 4294967296 me"] {
                try host.folder.write("shop/.baton/lease", text)
                await #expect(throws: ReleaseError.self) { _ = try await take(host, over: true) }
                #expect(try await host.apply(.adopt(convertsDirectory: false))?.end == .failed(status: 1), "\(text)")
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `of many who ask at once one gets it`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            _ = try await host.folder.run(LeaseRequest.release(host.lease).changingProgram("release").text)
            let answers = try await withThrowingTaskGroup(of: LeaseAnswer.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let owner = "run \(number)"
                        return try await host.ask(
                            try LeaseRequest.take(host.root, owner: owner, seconds: 600),
                            owner: owner
                        )
                    }
                }
                var answers: [LeaseAnswer] = []
                for try await answer in group { answers.append(answer) }
                return answers
            }
            let held = answers.filter { if case .held = $0 { true } else { false } }
            #expect(held.count == 1)
            #expect(try await host.look().lease?.epoch == 2)
        }
    }

    /// Somebody works; the lease goes to another; the work meets the fence before anything of it counts.
    @Test(arguments: HostShell.present)
    func `a staging that is overtaken while it prepares stages nothing`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            var staging = try host.upload(try await host.archive(["file": "text"]))
            staging.prepare = "true"
            let overtaken = """
                baton_release_run() {
                    baton_lease_clock
                    echo "$((b_rl_now + 60000)) $b_rl_boot 2 \(Self.other)" >./.baton/lease
                    b_rl_status=0
                }

                """
            let ended = try await host.apply(.stage(staging), text: overtaken)
            #expect(ended?.end == .failed(status: ReleaseStatus.fenced), "\(ended?.errors ?? "")")
            #expect(host.names("releases").isEmpty)
            let seen = try await host.look()
            #expect(seen.records.isEmpty && seen.lease?.owner == Self.other)
        }
    }

    /// Whoever works already is not disturbed; another one waits a while, and is told who that is.
    @Test(arguments: HostShell.present)
    func `two changes of a root do not happen at once`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            // The same program once more while the first has the lock; what it says is the first one's output.
            let change = ReleaseChange.mark(id, .bad)
            let inner = try change.script(under: host.lease, run: "inner").changingProgram("inner").text
            let file = "\(host.folder.path)-inner"
            try Files.write(Array("sleep() { :; }\n\(inner)".utf8), to: file)
            let twice = """
                baton_release_has_tree() { sh \(Quoting.word(file)) 8>&- 9>&- || printf 'note %s\\n' "$?"; }

                """
            let ended = try await host.apply(.mark(id, .active), text: twice)
            #expect(ended?.text == "note \(ReleaseStatus.busy)\nmarked \(id) active\n", "\(ended?.errors ?? "")")
            #expect(ended?.errors.contains("\(host.path) is being changed by another process: pid ") == true)
            #expect(ended?.errors.contains(" of \(host.lease.owner)\n") == true)
            #expect(try await host.look()[id]?.state == .active)
        }
    }
}
