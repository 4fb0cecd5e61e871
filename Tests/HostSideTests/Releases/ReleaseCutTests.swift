import HostSide
import Reactor
import Shell
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Changes that are cut, at every moment at which something on the disk changes, and disks that are full.
@Suite(.enabled(if: ReleaseHost.isPossible && Surroundings.has("setsid"), "needs root, setpriv, setsid and python3"))
struct ReleaseCutTests {
    /// Tools that kill the whole program instead of doing their work, when they are called for the time number COUNT.
    private static let tools = ["mv", "rm", "rmdir", "mkdir", "chown", "chmod", "sync", "ln"]

    private func cut(_ host: ReleaseHost, _ change: ReleaseChange, at count: Int) async throws -> Bool {
        let bin = "\(host.folder.path)-bin"
        if !Files.exists(bin) {
            try Files.makeDirectory(bin)
            for tool in Self.tools {
                let real = Loop.executable(tool, path: host.folder.environment["PATH"] ?? "") ?? ""
                let script = """
                    #!/bin/sh
                    if [ -O "$0" ]; then
                        read -r n <\(bin)/count; n=$((n - 1)); echo "$n" >\(bin)/count
                        if [ "$n" = 0 ]; then read -r p <\(bin)/group; kill -s KILL -- "-$p"; fi
                    fi
                    exec \(real) "$@"

                    """
                try Files.write(Array(script.utf8), to: "\(bin)/\(tool)", mode: 0o755)
            }
        }
        try Files.write(Array("\(count)\n".utf8), to: "\(bin)/count")
        let path = Surroundings.environment["PATH"] ?? ""
        var cut = host.folder
        cut.environment["PATH"] = "\(bin):\(host.folder.environment["PATH"] ?? "")"
        cut.user = [
            Loop.executable("setsid", path: path) ?? "", "--wait", Loop.executable("sh", path: path) ?? "", "-c",
            "echo $$ >\(bin)/group; exec \"$@\"", "sh",
        ]
        let script = try change.script(under: host.lease, run: ReleaseHost.run)
        let result = try await cut.run(script.changingProgram("cut").text)
        return result.status != .exited(0)
    }

    /// Every moment takes minutes: `make chaos` has them all, each test run every third.
    private static let step = getenv("BATON_CHAOS") == nil ? 3 : 1

    /// Until it comes to its end uncut; says how many cuts there were, at least.
    private func everywhere(
        _ host: ReleaseHost,
        _ change: ReleaseChange,
        _ after: (Int) async throws -> Void
    ) async throws -> Int {
        for count in stride(from: 1, through: 200, by: Self.step) {
            guard try await cut(host, change, at: count) else { return count - 1 }
            try await after(count)
        }
        Issue.record("it never came to its end")
        return 200
    }

    @Test(arguments: HostShell.present.filter { $0 == .dash || $0 == .applets })
    func `a staging that is cut anywhere begins anew and leaves nothing`(shell: HostShell) async throws {
        try await withReleases(shell, shared: ["log/"]) { host in
            let bytes = try await host.archive(["file": "text", "lib/file": "more"])
            var staging = try host.upload(bytes)
            staging.prepare = "echo prepared >made"
            let cuts = try await everywhere(host, .stage(staging)) { count in
                let seen = try await host.look()
                #expect(seen.doubt == nil && seen.strangers.isEmpty, "cut \(count): \(seen.strangers)")
                if let record = seen.records.first {
                    // What is said to be staged is whole.
                    #expect(record.state == .staged && record.hasTree, "cut \(count)")
                    #expect(host.names("releases/\(staging.id)") == ["file", "lib", "log", "made"], "cut \(count)")
                }
                _ = try host.upload(bytes)
                let ended = try await host.apply(.stage(staging))
                if !seen.records.isEmpty {
                    #expect(ended?.end == .skipped("it is staged already"), "cut \(count)")
                } else {
                    #expect(ended?.end == .done, "cut \(count): \(ended?.errors ?? "")")
                }
                #expect(host.names("releases") == [staging.id.text], "cut \(count)")
                #expect(host.names("releases/\(staging.id)") == ["file", "lib", "log", "made"], "cut \(count)")
                #expect(try await host.look().records.map(\.state) == [.staged], "cut \(count)")
                // And once more from nothing.
                try await host.folder.command(
                    "sh",
                    "-c",
                    "rm -rf shop/releases/* shop/releases/.??* shop/.baton/releases/*"
                )
                _ = try host.upload(bytes)
            }
            #expect(cuts > 15, "\(cuts)")
        }
    }

    @Test(arguments: HostShell.present.filter { $0 == .dash || $0 == .applets })
    func `a mark that is cut anywhere is made or not made`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            let cuts = try await everywhere(host, .mark(id, .active)) { count in
                let seen = try await host.look()
                #expect(seen[id]?.state == .active || seen[id]?.state == .staged, "cut \(count)")
                if seen[id]?.state == .active { try await host.done(.mark(id, .bad)) }
            }
            #expect(cuts >= 3)
            #expect(try await host.look()[id]?.state == .active)
        }
    }

    @Test(arguments: HostShell.present.filter { $0 == .dash || $0 == .applets })
    func `a flip that is cut anywhere names one release or the other`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let one = try await host.stage(version: "1")
            let two = try await host.stage(["file": "2"], version: "2")
            try await host.switchTo(one)
            let flip = ReleaseChange.flip(ReleaseChange.Flip(from: host.root.target(one), to: two))
            let cuts = try await everywhere(host, flip) { count in
                let seen = try await host.look()
                if seen.currentRelease == two {
                    // Never without having been written down.
                    #expect(seen[two]?.state == .active, "cut \(count)")
                } else {
                    #expect(seen.currentRelease == one, "cut \(count): \(seen.current)")
                }
                _ = try await host.apply(flip)
                #expect(try await host.look().currentRelease == two, "cut \(count)")
                #expect(host.names("").sorted() == [".baton", "current", "releases"], "cut \(count)")
                let back = ReleaseChange.Flip(from: host.root.target(two), to: one, isBack: true)
                try await host.done(.flip(back))
                try await host.done(.mark(two, .bad))
            }
            #expect(cuts >= 4, "\(cuts)")
        }
    }

    @Test(arguments: HostShell.present.filter { $0 == .dash || $0 == .applets })
    func `what is kept changes all at once, wherever it is cut`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            let old = [KeptFile("a", [1]), KeptFile("b", [2])]
            let new = [KeptFile("a", [3]), KeptFile("c", [4])]
            try await host.done(.keep(id, old))
            let cuts = try await everywhere(host, .keep(id, new)) { count in
                let kept = try await host.look(kept: [id]).kept[id]
                #expect(kept == old || kept == new, "cut \(count): \(kept ?? [])")
                try await host.done(.keep(id, old))
                #expect(try await host.look(kept: [id]).kept[id] == old)
            }
            #expect(cuts >= 4)
            #expect(try await host.look(kept: [id]).kept[id] == new)
        }
    }

    @Test(arguments: HostShell.present.filter { $0 == .dash || $0 == .applets })
    func `a directory that becomes a link is healed wherever that is cut`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            try await host.folder.command("sh", "-c", "mkdir shop/current && echo live >shop/current/file")
            let cuts = try await everywhere(host, .adopt(convertsDirectory: true)) { count in
                let seen = try await host.look()
                if host.folder.names("shop").contains("current") {
                    #expect(try host.folder.read("shop/current/file") == "live\n", "cut \(count)")
                } else {
                    #expect(seen.current == .interrupted && seen.needsAdoption, "cut \(count): \(seen.current)")
                }
                let ended = try await host.apply(.adopt(convertsDirectory: true))
                #expect(ended?.end != .stale, "cut \(count)")
                if case .failed? = ended?.end { Issue.record("cut \(count): \(ended?.errors ?? "")") }
                let healed = try await host.look()
                #expect(healed.current == .release(.found) && healed.records.count == 1, "cut \(count): \(healed)")
                #expect(healed.strangers.isEmpty && healed.halfStaged.isEmpty, "cut \(count): \(healed.strangers)")
                #expect(try host.folder.read("shop/current/file") == "live\n", "cut \(count)")
                try await host.folder.command(
                    "sh",
                    "-c",
                    "cd shop && rm current && mv releases/found current && rm -rf .baton/releases/found"
                )
            }
            #expect(cuts >= 6, "\(cuts)")
        }
    }

    @Test(arguments: HostShell.present.filter { $0 == .dash || $0 == .applets })
    func `a removal that is cut anywhere is ended by the next one`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let old = try await host.archive(["file": "1", "deep/file": "1"])
            for version in 2...3 {
                try await host.switchTo(try await host.stage(["file": "\(version)"], version: "\(version)"))
            }
            let staging = try host.upload(old, version: "1")
            try await host.done(.stage(staging))
            let cuts = try await everywhere(host, .prune([staging.id])) { count in
                let seen = try await host.look()
                if let record = seen[staging.id], record.hasTree {
                    #expect(host.names("releases/\(staging.id)") == ["deep", "file"], "cut \(count)")
                }
                try await host.done(.prune([staging.id]))
                let after = try await host.look()
                #expect(after[staging.id] == nil && after.halfStaged.isEmpty && after.strangers.isEmpty, "cut \(count)")
                _ = try host.upload(old, version: "1")
                try await host.done(.stage(staging))
            }
            #expect(cuts >= 4, "\(cuts)")
        }
    }

    /// TERM reaches all of it, as when a program is out of time: what was begun is taken away at once.
    @Test(arguments: HostShell.present)
    func `a staging that is ended clears up behind itself`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            var staging = try host.upload(try await host.archive(["file": "text"]))
            staging.prepare = "true"
            let ending = "baton_release_run() { kill -s TERM \"$(sh -c 'echo $PPID')\"; sleep 1; }\n"
            let script = try ReleaseChange.stage(staging).script(under: host.lease, run: "r")
            var ended = script
            ended.text += ending
            let result = try await host.folder.run(ended.changingProgram("ended").text)
            #expect(result.status == .exited(143), "\(result.status) \(result.errors)")
            #expect(host.names("releases").isEmpty && host.names(".baton/releases").isEmpty)
            #expect(try await host.apply(.stage(staging))?.end == .done)
        }
    }

    @Test(.enabled(if: Surroundings.has("unshare"), "needs unshare"), arguments: HostShell.present)
    func `a full disk stages nothing, and is clean again`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let path = Surroundings.environment["PATH"] ?? ""
            var small = host
            small.folder.user = [
                Loop.executable("unshare", path: path) ?? "", "-m", Loop.executable("sh", path: path) ?? "", "-c",
                """
                tools=$PATH PATH='\(path)'
                cp -a shop kept && mount -t tmpfs -o size=512k,mode=755 tmpfs shop && cp -a kept/. shop/ || exit
                PATH=$tools
                "$@"
                end=$?
                PATH='\(path)'
                ls -A shop/releases shop/.baton/releases >listed
                exit "$end"
                """, "sh",
            ]
            // 400 KiB of zeros: the archive fits when it is compressed, the tree does not fit beside it.
            let source = "\(host.folder.path)-source"
            try Files.makeDirectory(source)
            try await host.folder.command("sh", "-c", "for n in 1 2 3; do head -c 300000 /dev/zero >\(source)/$n; done")
            for (name, prepare) in [("large", nil), ("small", "head -c 900000 /dev/zero >much")] {
                let files = name == "large" ? "1 2 3" : "1"
                let made = try await runChild(["sh", "-c", "tar -C \(source) -czf - \(files)"])
                var staging = try host.upload(made.stdout, version: name)
                staging.prepare = prepare
                let ended = try await small.apply(.stage(staging))
                #expect(ended?.end == .failed(status: 1))
                let why = name == "large" ? "is the disk full?" : "failed at prepare"
                #expect(ended?.errors.contains(why) == true, "\(ended?.errors ?? "")")
                let left = try host.folder.read("listed").split(separator: "\n")
                #expect(left == ["shop/.baton/releases:", "shop/releases:"], "\(left)")
                try await host.folder.command("sh", "-c", "rm -rf kept listed shop/.baton/incoming/*")
            }
        }
    }
}
