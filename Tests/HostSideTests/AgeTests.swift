import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Whether processes are older than files, with real processes.
@Suite struct AgeTests {
    /// Runs `script`, which leaves its processes in files ending in `.pid`, then looks, then ends them.
    private func look(_ host: HostFolder, _ script: String, _ ages: [ProcessAge]) async throws -> [Sighting?] {
        let looks = ages.map { Look.age($0) }
        let text = """
            exec 3>&1 >/dev/null 2>&1
            \(script)
            exec 4>&3
            ( \(Looking.program(looks).text) ) >&4
            kill $(cat *.pid)
            """
        let result = try await host.run(text)
        let seen = try Looking.read(result.stdout, looks)
        return looks.map { seen[$0] }
    }

    @Test(arguments: HostShell.present)
    func `a process is older than what was written after its start`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try await host.command("ln", "-s", "before", "link to before")
            try host.write("before", "x")
            try host.write("odd.txt", " 17x\n")
            // The clocks tick in hundredths of a second: half of one lets them tell the times apart.
            let script = """
                sleep 0.5; sleep 100 3>&- & echo $! >it.pid
                sleep 0.5; echo x >after; ln -s before new
                """
            let pid = ProcessAge.Process.pidFile(host.full("it.pid"))
            func age(_ names: [String], ofChildren: Bool = false) -> ProcessAge {
                ProcessAge(pid, ofChildren: ofChildren, files: names.map(host.full))
            }
            let seen = try await look(
                host,
                script,
                [
                    age(["before", "missing", "link to before"]), age(["before", "after"]), age(["new"]), age([]),
                    age(["after"], ofChildren: true),
                    ProcessAge(.pidFile(host.full("none.txt")), ofChildren: false, files: [host.full("after")]),
                    ProcessAge(.pidFile(host.full("odd.txt")), ofChildren: false, files: [host.full("after")]),
                ]
            )
            #expect(
                seen == [
                    .age(.younger), .age(.older(than: host.full("after"))), .age(.older(than: host.full("new"))),
                    .age(.younger), .age(.notRunning), .age(.notRunning), .age(.notRunning),
                ]
            )
        }
    }

    @Test(arguments: HostShell.present)
    func `a time that is still to come is no evidence`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            // The file was written before somebody set the clock back.
            let script = """
                sleep 100 3>&- & echo $! >it.pid
                sleep 0.5; echo x >ahead; echo x >after
                stat() { command stat "$@" | case "$*" in *ahead*) sed '1s/^1/2/' ;; *) cat ;; esac; }
                """
            func age(_ names: String...) -> ProcessAge {
                ProcessAge(.pidFile(host.full("it.pid")), ofChildren: false, files: names.map(host.full))
            }
            let seen = try await look(host, script, [age("ahead"), age("ahead", "after"), age("after")])
            let after = Sighting.age(.older(than: host.full("after")))
            #expect(seen == [.age(.unknown(for: host.full("ahead"))), after, after])
        }
    }

    @Test(arguments: HostShell.present)
    func `of children the youngest counts`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let script = """
                mkfifo go
                sh -c 'sleep 100 & echo $! >one.pid; read -r x <go; sleep 100 & echo $! >two.pid; echo >there; wait' \
                    3>&- & echo $! >parent.pid
                sleep 0.5; echo x >file; sleep 0.5; echo go >go
                until [ -s there ]; do sleep 0.01; done
                """
            let pid = ProcessAge.Process.pidFile(host.full("parent.pid"))
            let files = [host.full("file")]
            let seen = try await look(
                host,
                script,
                [
                    ProcessAge(pid, ofChildren: true, files: files), ProcessAge(pid, ofChildren: false, files: files),
                ]
            )
            #expect(seen == [.age(.younger), .age(.older(than: host.full("file")))])
        }
    }

    @Test(arguments: HostShell.present)
    func `a restart is carried out once, and stays due until it is`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            var restart = CommandRun(ShellCommand(.line("echo restarted")))
            restart.age = ProcessAge(.pidFile("\(host.path)/pid"), ofChildren: false, files: ["/proc/self"])
            try host.write("pid", "1\n")
            let old = try await host.apply(.command(restart))
            #expect(old?.text == "restarted\n" && old?.end == .done)
            restart.age = ProcessAge(.pidFile("\(host.path)/pid"), ofChildren: false, files: ["/no/such/file"])
            #expect(try await host.apply(.command(restart))?.end == .skipped("the process is younger than the files"))
            try host.write("pid", "")
            #expect(try await host.apply(.command(restart))?.end == .skipped("the process does not run"))
        }
    }
}
