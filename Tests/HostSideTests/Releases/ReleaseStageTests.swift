import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// From an artifact to a tree, on real directories and with a real other user.
@Suite(.enabled(if: ReleaseHost.isPossible, "needs root, setpriv and python3")) struct ReleaseStageTests {
    @Test(arguments: HostShell.present)
    func `an archive becomes a tree of its user`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let folder = try await Archives.made(host)
            let staging = try host.upload(try Files.read("\(folder)/good.tar.gz"), version: "2.4.1")
            #expect(try await host.done(.stage(staging)) == [.staged(staging.id)])
            let tree = "shop/releases/\(staging.id)"
            #expect(try host.folder.read("\(tree)/a b") == "first")
            #expect(try host.folder.read("\(tree)/lib/l") == "first")
            #expect(host.folder.owner("\(tree)/a b") == 65534 && host.folder.owner(tree) == 65534)
            #expect(host.folder.mode("\(tree)/run") == 0o755 && host.folder.mode(tree) == 0o755)
            #expect(host.folder.owner("shop") == 0 && host.folder.mode("shop/.baton") == 0o700)
            #expect(host.names("releases") == [staging.id.text] && host.names(".baton/incoming").isEmpty)
            let seen = try await host.look()
            #expect(seen.records.map(\.id) == [staging.id] && seen.records[0].state == .staged)
            #expect(seen.records[0].sha256 == staging.sha256 && seen.records[0].run == ReleaseHost.run)
            #expect(seen.halfStaged.isEmpty && seen.strangers.isEmpty && seen.doubt == nil && seen.freeBytes ?? 0 > 0)
        }
    }

    @Test(arguments: HostShell.present, Archives.refused)
    func `a hostile archive leaves nothing behind`(shell: HostShell, name: String) async throws {
        try await withReleases(shell) { host in
            let folder = try await Archives.made(host)
            try await host.folder.command(
                "sh",
                "-c",
                "mkdir shop/shared; echo kept >shop/shared/kept; chown -R 65534 shop/shared"
            )
            let staging = try host.upload(try Files.read("\(folder)/\(name).tar"))
            let ended = try await host.apply(.stage(staging))
            #expect(ended?.end == .failed(status: 1), "\(name)")
            #expect(
                ended?.errors.hasPrefix("staging \(staging.id) in \(host.path) failed at ") == true,
                "\(ended?.errors ?? "")"
            )
            #expect(host.names("releases").isEmpty && host.names(".baton/releases").isEmpty, "\(name)")
            #expect(host.names("shared") == ["kept"] && !Files.exists("/tmp/baton-evil"))
            #expect(host.names("") == [".baton", "releases", "shared"])
        }
    }

    @Test(arguments: HostShell.present)
    func `what is staged already is left as it is`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let bytes = try await host.archive(["file": "text"])
            let staging = try host.upload(bytes)
            try await host.done(.stage(staging))
            try host.folder.write("shop/releases/\(staging.id)/mark", "")
            _ = try host.upload(bytes)
            #expect(try await host.apply(.stage(staging))?.end == .skipped("it is staged already"))
            #expect(host.names("releases/\(staging.id)") == ["file", "mark"])
            #expect(host.names(".baton/incoming").isEmpty)
        }
    }

    @Test(arguments: HostShell.present)
    func `prepare runs in the tree's own place as its user, and what it says is kept`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage {
                $0.prepare = "pwd >where; id -un >who; echo \"$HOME $SUDO_USER\" >home; umask >mask; echo 'it''s done'"
            }
            let tree = "shop/releases/\(id)"
            #expect(try host.folder.read("\(tree)/where") == "\(host.path)/releases/\(id)\n")
            #expect(try host.folder.read("\(tree)/who") == "nobody\n")
            #expect(try host.folder.read("\(tree)/home") == "/nonexistent \n")
            #expect(try host.folder.read("\(tree)/mask").hasSuffix("022\n"))
            #expect(try host.folder.read("shop/.baton/releases/\(id)/prepare.log") == "its done\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `a prepare that fails takes the tree with it and says why`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            var staging = try host.upload(try await host.archive(["file": "text"]))
            staging.prepare = "chmod 000 .; seq 1000; echo no wheel >&2; exit 7"
            let ended = try await host.apply(.stage(staging))
            #expect(ended?.end == .failed(status: 1))
            #expect(ended?.errors.contains("failed at prepare: it ended with 7; its last lines:\n") == true)
            #expect(ended?.errors.hasSuffix("999\n1000\nno wheel\n") == true, "\(ended?.errors ?? "")")
            #expect(ended?.errors.contains("\n900\n") == false)
            #expect(host.names("releases").isEmpty && host.names(".baton/releases").isEmpty)
            // The artifact is still there: it need not be sent again.
            staging.prepare = "true"
            #expect(try await host.apply(.stage(staging))?.end == .done)
        }
    }

    @Test(arguments: HostShell.present)
    func `a prepare that does not end is ended`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            var staging = try host.upload(try await host.archive(["file": "text"]))
            staging.prepare = "echo begun; exec sleep 600"
            staging.prepareSeconds = 1
            let ended = try await host.apply(.stage(staging))
            #expect(ended?.end == .failed(status: 1))
            #expect(
                ended?.errors.contains("was not done after 1 seconds; its last lines:\nbegun") == true,
                "\(ended?.errors ?? "")"
            )
            #expect(host.names("releases").isEmpty)
        }
    }

    @Test(arguments: HostShell.present)
    func `another artifact than was meant is refused and taken away`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let staging = try host.upload(try await host.archive(["file": "text"]))
            try Files.write(Array("other".utf8), to: host.root.incoming(staging.id))
            let ended = try await host.apply(.stage(staging))
            #expect(ended?.errors.contains("instead of \(staging.sha256)") == true, "\(ended?.errors ?? "")")
            #expect(host.names(".baton/incoming").isEmpty)
            let none = try await host.apply(.stage(staging))
            #expect(none?.errors.contains("nothing was uploaded to \(host.root.incoming(staging.id))") == true)
        }
    }

    @Test(arguments: HostShell.present)
    func `shared paths are links to what stays`(shell: HostShell) async throws {
        let shared = ["log", "tmp/cache/", ".env", "etc/local.conf"]
        try await withReleases(shell, shared: shared) { host in
            var staging = try host.upload(try await host.archive(["log/old": "x", "file": "text", ".env": "sample"]))
            let ended = try await host.apply(.stage(staging))
            let sentence =
                "shared .env is not there: put a file to \(host.path)/shared/.env, or write .env/ for a directory"
            #expect(ended?.errors.contains(sentence) == true, "\(ended?.errors ?? "")")
            try await host.folder.command(
                "sh",
                "-c",
                "cd shop/shared && mkdir -p etc && echo real >.env && echo own >etc/local.conf && chown -R 65534 ."
            )
            staging.prepare = "echo line >log/new; cat .env etc/local.conf >seen"
            try await host.done(.stage(staging))
            let tree = "shop/releases/\(staging.id)"
            #expect(try host.folder.read("\(tree)/seen") == "real\nown\n")
            #expect(try host.folder.read("shop/shared/log/new") == "line\n")
            #expect(host.folder.owner("shop/shared/tmp/cache") == 65534)
            let state = try await host.folder.state("\(tree)/etc/local.conf")
            #expect(state?.kind == .link(target: "../../../shared/etc/local.conf"))
            #expect(host.names("shared") == [".env", "etc", "log", "tmp"])
        }
    }

    /// A `prepare` whose program was killed goes on until it is out of time.
    @Test(arguments: HostShell.present)
    func `what an earlier staging still runs is not taken the tree away from`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let staging = try host.upload(try await host.archive(["file": "text"]))
            let record =
                "state staging\nserial 1\nat 1\nrun r\ntarget releases/\(staging.id)\nsha256 \(staging.sha256)\n"
            try await host.folder.command("mkdir", "shop/.baton/releases/\(staging.id)", "shop/releases/\(staging.id)")
            try host.folder.write("shop/.baton/releases/\(staging.id)/record", record)
            try await withLoop { loop in
                let child = try RunningChild(
                    ["sh", "-c", "cd \"$1\" && exec sleep 600", "sh", "\(host.path)/releases/\(staging.id)"],
                    environment: Surroundings.environment,
                    on: loop
                )
                do {
                    for _ in 0..<200 where try await host.look().uses.isEmpty {}
                    #expect(try await host.look().halfStaged == [staging.id.text])
                    let ended = try await host.apply(.stage(staging))
                    #expect(ended?.end == .failed(status: 1))
                    #expect(
                        ended?.errors.contains("of an earlier staging still works in it") == true,
                        "\(ended?.errors ?? "")"
                    )
                    #expect(host.names("releases") == [staging.id.text])
                } catch {
                    await child.seeToItsEnd(on: loop)
                    throw error
                }
                await child.seeToItsEnd(on: loop)
            }
            #expect(try await host.apply(.stage(staging))?.end == .done)
        }
    }

    @Test(arguments: HostShell.present)
    func `a single program is a release as well`(shell: HostShell) async throws {
        try await withReleases(shell, artifact: .program("shopd")) { host in
            let staging = try host.upload(Array("#!/bin/sh\necho 3\n".utf8))
            try await host.done(.stage(staging))
            #expect(host.names("releases/\(staging.id)") == ["shopd"])
            #expect(host.folder.mode("shop/releases/\(staging.id)/shopd") == 0o755)
            #expect(host.folder.owner("shop/releases/\(staging.id)/shopd") == 65534)
        }
    }

    @Test(arguments: HostShell.present)
    func `a tree that Baton did not stage is nobody's to take`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let staging = try host.upload(try await host.archive(["file": "text"]))
            try await host.folder.command("mkdir", "shop/releases/\(staging.id)")
            let ended = try await host.apply(.stage(staging))
            #expect(ended?.errors.contains("is there, and Baton has not staged it") == true)
            #expect(try await host.look().strangers == [staging.id.text])
        }
    }
}

/// Archives of every kind, by the names that `archives.py` gives them.
enum Archives {
    static let refused = [
        "absolute name", "name with ..", "name that begins with ..", "absolute link", "link up", "link up from below",
        "link over a link", "entry behind a link", "hard link to a name outside", "hard link up", "character device",
        "block device", "named pipe", "setuid", "setgid", "name with a line end", "closed directory", "nothing",
        "not an archive", "half of one",
    ]

    static func made(_ host: ReleaseHost) async throws -> String {
        let folder = "\(host.folder.path)-archives"
        try Files.makeDirectory(folder)
        let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let made = try await runChild(["python3", "/\(tests)/Fixtures/python/archives.py", folder])
        try #require(made.succeeded, "\(made.errors)")
        return folder
    }
}
