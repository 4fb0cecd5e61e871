import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Roots that somebody else could put something in the place of, and users who cannot do what is asked.
@Suite(.enabled(if: ReleaseHost.isPossible, "needs root, setpriv and python3")) struct ReleaseTrustTests {
    private static let ways: [(String, String)] = [
        ("chown 65534 shop", "user 65534, whose it is,"), ("chmod 777 shop", "everybody"),
        ("chmod 1777 shop", "everybody"),
        ("chgrp 65534 shop; chmod 775 shop", "group 65534"), ("chown 65534 .", "user 65534, whose it is,"),
        ("chmod 777 .", "everybody"),
        ("chown 65534 shop/releases", "user 65534, whose it is,"),
        ("chown 65534 shop/.baton", "user 65534, whose it is,"),
        ("chmod 777 shop/.baton/incoming", "everybody"),
    ]

    @Test(arguments: HostShell.present, ways.map(\.0))
    func `a root that others could swap is refused`(shell: HostShell, way: String) async throws {
        try await withReleases(shell) { host in
            let id = try await host.stage()
            try await host.folder.command("sh", "-c", way)
            let who = try #require(Self.ways.first { $0.0 == way }?.1)
            let seen = try await host.look()
            #expect(
                seen.doubt?.contains("\(who) can put something else in the place of ") == true,
                "\(seen.doubt ?? "nothing")"
            )
            let ended = try await host.apply(.mark(id, .active))
            #expect(
                ended?.end == .failed(status: 1) && ended?.errors == "\(seen.doubt ?? "")\n",
                "\(ended?.errors ?? "")"
            )
            let taken = LeaseRequest.self
            let again = try taken.take(host.root, owner: host.lease.owner)
            let result = try await host.folder.run(again.changingProgram("take").text)
            #expect(result.status == .exited(1) && result.errors == "\(seen.doubt ?? "")\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `a sticky directory above is no reason for doubt`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            try await host.folder.command("chmod", "1777", ".")
            #expect(try await host.look().doubt == nil)
            try await host.stage()
        }
    }

    @Test(arguments: HostShell.present, ["releases", ".baton", ".baton/releases"])
    func `a directory of the root's that is a link is refused`(shell: HostShell, name: String) async throws {
        try await withReleases(shell) { host in
            try await host.folder.command(
                "sh",
                "-c",
                "mv shop/\(name) moved && ln -s \(host.folder.path)/moved shop/\(name)"
            )
            #expect(try await host.look().doubt == "\(host.path)/\(name) is a link: it must be a directory")
            let ended = try await host.apply(.adopt(convertsDirectory: false))
            #expect(ended?.errors == "\(host.path)/\(name) is a link: it must be a directory\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `root follows no link of somebody else's to a root`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            try await host.folder.command("sh", "-c", "ln -s shop theirs && chown -h 65534 theirs")
            let root = try ReleaseRoot(path: "\(host.folder.path)/theirs", user: "nobody")
            let program = try LeaseRequest.take(root, owner: "eve").changingProgram("take")
            let result = try await host.folder.run(program.text)
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("root does not follow it"), "\(result.errors)")
        }
    }

    @Test(arguments: HostShell.present)
    func `who is not root installs for himself, and for nobody else`(shell: HostShell) async throws {
        try await withHost(shell) { folder in
            try await folder.command("sh", "-c", "chmod 755 . ..; mkdir -m 755 home; chown 65534:65534 home")
            var theirs = folder
            theirs.user = [
                Loop.executable("setpriv", path: Surroundings.environment["PATH"] ?? "") ?? "", "--reuid=65534",
                "--regid=65534",
                "--clear-groups", "--",
            ]
            let root = try ReleaseRoot(path: "\(folder.path)/home/shop", user: "nobody")
            var host = ReleaseHost(folder: theirs, root: root, lease: Lease(root: root, owner: "ann", epoch: 0))
            guard
                case .held(let lease) = try await host.ask(
                    try LeaseRequest.take(root, owner: "ann", seconds: 600),
                    owner: "ann"
                )
            else {
                Issue.record("the lease was not taken")
                return
            }
            host.lease = lease
            let staging = try host.upload(try await host.archive(["file": "text"]))
            try await folder.command("chown", "65534", root.incoming(staging.id))
            #expect(try await host.done(.stage(staging)) == [.staged(staging.id)])
            #expect(folder.owner("home/shop/releases/\(staging.id)/file") == 65534)
            var daemon = host
            let daemons = try ReleaseRoot(path: root.path, user: "daemon")
            daemon.lease = Lease(root: daemons, owner: "ann", epoch: lease.epoch)
            daemon.root = daemons
            let other = try daemon.upload(try await host.archive(["file": "2"]), version: "2")
            let ended = try await daemon.apply(.stage(other))
            #expect(
                ended?.errors.contains("only root can do what user daemon is to do") == true,
                "\(ended?.errors ?? "")"
            )
            // Root does not touch what a user has installed for himself.
            var asRoot = host
            asRoot.folder = folder
            let refused = try await asRoot.apply(.mark(staging.id, .active))
            #expect(refused?.end == .failed(status: 1))
        }
    }

    @Test(arguments: HostShell.present)
    func `a user that is not there is said before anything is made`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let root = try ReleaseRoot(path: host.path, user: "no-such-user")
            var other = host
            other.root = root
            other.lease = Lease(root: root, owner: host.lease.owner, epoch: host.lease.epoch)
            let staging = try other.upload(try await host.archive(["file": "text"]))
            let ended = try await other.apply(.stage(staging))
            #expect(ended?.errors == "there is no user no-such-user here\n")
            #expect(host.names("releases").isEmpty)
        }
    }

    @Test(arguments: HostShell.present)
    func `a root that is not there is missing, and one that is no directory an error`(shell: HostShell) async throws {
        try await withReleases(shell) { host in
            let none = ReleaseLook(try ReleaseRoot(path: "\(host.folder.path)/none/below", user: "nobody"))
            #expect(try none.read(try await host.folder.look([none.look])[none.look]) == ReleaseSighting())
            try host.folder.write("file", "")
            let file = ReleaseLook(try ReleaseRoot(path: "\(host.folder.path)/file", user: "nobody"))
            let seen = try await host.folder.look([file.look])[file.look]
            #expect(throws: ReleaseError.self) { try file.read(seen) }
        }
    }
}
