import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Looks at real paths and processes, in the shells that hosts have.
@Suite struct LookingTests {
    @Test(arguments: HostShell.present)
    func `every kind of path is told`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "hello\n", mode: 0o640)
            try host.write("setuid", "", mode: 0o4755)
            try Files.makeDirectory(host.full("folder"))
            try await host.command("ln", "-s", "folder/it's here", "link")
            try await host.command("mkfifo", "pipe")
            let names = ["file", "setuid", "folder", "link", "pipe", "missing", "missing/too", "file/below"]
            let looks = names.map { Look.path(host.full($0), hashing: .always) }
            let seen = try await host.look(looks)
            let states = looks.map { look -> PathState? in
                if case .path(let state)? = seen[look] { return state } else { return nil }
            }
            #expect(
                states.map { $0?.kind } == [
                    .file, .file, .directory, .link(target: "folder/it's here"), .other("pipe"), .missing, .missing,
                    .missing,
                ]
            )
            #expect(states[0]?.mode == 0o640 && states[1]?.mode == 0o4755)
            #expect(states[0]?.size == 6)
            #expect(states[0]?.sha256 == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
            #expect(states[0]?.userName == "root" || states[0]?.user != 0)
            #expect(states[0]?.fingerprint.hasPrefix("file 640 ") == true)
            #expect(states[5]?.fingerprint == "missing")
            #expect(states[2]?.sha256 == nil)
        }
    }
}
