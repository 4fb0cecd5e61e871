import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// A host with the root of a release, and a run that holds its lease.
struct ReleaseHost {
    var folder: HostFolder
    var root: ReleaseRoot
    var lease: Lease

    static let isPossible = Surroundings.isRoot && Surroundings.has("setpriv") && Surroundings.has("python3")
    static let run = "20260101-run"

    var path: String { root.path }

    /// An artifact in its place, and what its release is called.
    func upload(_ bytes: [UInt8], version: String = "1.0") throws -> ReleaseChange.Staging {
        let sum = Checksum.sha256(bytes)
        let id = try ReleaseID(version: version, sha256: sum)
        try Files.write(bytes, to: root.incoming(id), mode: 0o600)
        return ReleaseChange.Staging(id: id, sha256: sum, run: Self.run)
    }

    /// A tar of these files.
    func archive(_ files: [String: String]) async throws -> [UInt8] {
        let source = "\(folder.path)-source-\(Marker.random().text)"
        try Files.makeDirectory(source)
        for (name, text) in files {
            if let slash = name.lastIndex(of: "/") {
                _ = try await runChild(["mkdir", "-p", "\(source)/\(name[..<slash])"])
            }
            try Files.write(Array(text.utf8), to: "\(source)/\(name)", mode: 0o644)
        }
        let made = try await runChild(["tar", "-cf", "-", "-C", source, "--mtime=@0", "."])
        try #require(made.succeeded)
        return made.stdout
    }

    @discardableResult
    func stage(
        _ files: [String: String] = ["file": "text"],
        version: String = "1.0",
        _ change: (inout ReleaseChange.Staging) -> Void = { _ in }
    ) async throws -> ReleaseID {
        var staging = try upload(try await archive(files), version: version)
        change(&staging)
        let ended = try await apply(.stage(staging))
        try #require(ended?.end == .done, "\(ended?.errors ?? "")")
        return staging.id
    }

    func apply(_ change: ReleaseChange, text: String = "", run: String = Self.run) async throws -> Outcome.Ended? {
        var script = try change.script(under: lease, run: run)
        script.text += text
        return try await folder.apply(.script(script))
    }

    /// It is done, and this is what it says of itself.
    @discardableResult
    func done(_ change: ReleaseChange, run: String = Self.run) async throws -> [ReleaseAnswer] {
        let ended = try await apply(change, run: run)
        #expect(ended?.end == .done, "\(ended?.errors ?? "")")
        return try ReleaseAnswer.read(ended?.stdout ?? [])
    }

    func look(kept: [ReleaseID] = []) async throws -> ReleaseSighting {
        let look = ReleaseLook(root, kept: kept)
        return try look.read(try await folder.look([look.look])[look.look])
    }

    func ask(_ script: HostScript, owner: String) async throws -> LeaseAnswer {
        let result = try await folder.run(script.changingProgram("lease").text)
        guard case .exited(let status) = result.status else { throw ReleaseFailure(text: "\(result.status)") }
        return try LeaseRequest.read(result.stdout, status: status, errors: result.stderr, root: root, owner: owner)
    }

    /// `current` names the release, as a handover makes it.
    func switchTo(_ id: ReleaseID) async throws {
        try await folder.command("ln", "-sfn", root.target(id), root.current)
        try await done(.mark(id, .active))
        try await done(.mark(id, .good))
    }

    func names(_ folder: String) -> [String] { Files.list("\(path)/\(folder)") }
}

struct ReleaseFailure: Error { let text: String }

/// A host whose releases belong to `nobody`. Where busybox has neither su nor a setpriv that changes users, the real su is
/// there.
func withReleases(
    _ shell: HostShell,
    shared: [String] = [],
    keep: Int = 5,
    artifact: ReleaseRoot.Artifact = .archive,
    _ body: (ReleaseHost) async throws -> Void
) async throws {
    try await withHost(shell) { folder in
        try await folder.command("chmod", "755", ".", "..")
        if shell == .applets, let su = Loop.executable("su", path: Surroundings.environment["PATH"] ?? "") {
            try await folder.command("ln", "-sf", su, "\(folder.environment["PATH"] ?? "")/su")
        }
        let root = try ReleaseRoot(
            path: "\(folder.path)/shop",
            user: "nobody",
            shared: shared,
            keep: keep,
            artifact: artifact
        )
        var host = ReleaseHost(
            folder: folder,
            root: root,
            lease: Lease(root: root, owner: "ann@laptop run 1", epoch: 0)
        )
        let answer = try await host.ask(
            try LeaseRequest.take(root, owner: host.lease.owner, seconds: 3600),
            owner: host.lease.owner
        )
        guard case .held(let lease) = answer else { throw ReleaseFailure(text: "\(answer)") }
        host.lease = lease
        try await body(host)
    }
}
