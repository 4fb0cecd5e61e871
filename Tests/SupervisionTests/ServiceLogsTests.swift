import Reactor
import Shell
import Supervision
import TestSupport
import Testing

/// The programs that read logs, under every shell that hosts may have.
struct ServiceLogsTests {
    private func sighting(_ logs: [String?], _ supervisor: Supervisor = .systemd) -> ServiceSighting {
        var sighting = ServiceSighting()
        sighting.manifest = .init(supervisor: supervisor, whole: "web", startsAtBoot: true)
        for (number, log) in logs.enumerated() {
            var member = ServiceSighting.Member("web@\(number).service", .running)
            member.log = log
            sighting.members.append(member)
        }
        return sighting
    }

    @Test(arguments: [["dash"], ["bash"], ["busybox", "sh"]])
    func `each line says which member it is of`(shell: [String]) async throws {
        try await withWorkplace(hosts: 0) { place in
            let folder = place.directory
            let files = ["\(folder)/web 0.log", "\(folder)/it's.log"]
            _ = try await runChild(
                ["sh", "-c", "printf 'a\\nb\\nc' >\"$1\"; printf 'x $HOME\\n' >\"$2\"", "-"] + files
            )
            let logs = ServiceLogs("web", sighting(files), lines: 2, follows: false)
            #expect(logs.sources == ["web@0.service", "web@1.service"])
            let result = try await runChild(shell + ["-c", logs.program.text])
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(result.output.split(separator: "\n") == ["0 b", "0 c", "1 x $HOME"])
        }
    }

    @Test(arguments: [["dash"], ["bash"], ["busybox", "sh"]])
    func `who follows a quiet log ends when nobody reads any more`(shell: [String]) async throws {
        try await withWorkplace(hosts: 0) { place in
            let file = "\(place.directory)/quiet.log"
            try Files.write(Array("one\n".utf8), to: file)
            for logs in [
                ServiceLogs("web", sighting([file]), lines: 2, follows: true).program.text,
                // Read by name.
                ServiceLogs("one", sighting([nil], .runit), lines: 7, follows: true).program.text.replacing(
                    "/var/log/syslog",
                    with: file
                ),
            ] {
                let program = logs.replacing("sleep 15", with: "sleep 0.1")
                #expect(program != logs)
                try Files.write(Array(" one: x\n".utf8), to: file)
                let line =
                    "\(shell.joined(separator: " ")) -c \"$(cat program)\" 2>/dev/null | { read -r line; echo \"$line\"; }"
                try Files.write(Array(program.utf8), to: "\(place.directory)/program")
                let gone = try await runChild(
                    [
                        "sh", "-c",
                        "cd \"$1\" && \(line); while pgrep -f -- \"-F -- $1\" >/dev/null; do sleep 0.1; done", "-",
                    ]
                        + [place.directory]
                )
                #expect(gone.succeeded && gone.output == "0  one: x\n", "\(gone.output)\(gone.errors)")
            }
        }
    }

    @Test func `the journal is read by unit, what has no file of its own by name`() {
        let journal = ServiceLogs("web", sighting([nil]), lines: 5, follows: true).program.text
        #expect(
            journal.contains(
                "b_show 0 b_follow journalctl -q --no-pager -o short-iso -n 5 -f -u web@0.service &\nwait\n"
            )
        )
        let syslog = ServiceLogs("web", sighting([nil, nil], .runit), lines: 7, follows: false)
        #expect(syslog.sources == ["web"])
        #expect(syslog.program.text.hasSuffix("b_syslog 0 web 7\n"))
    }

    @Test func `names of services are read without believing the host`() {
        #expect(ServiceList.names(Array("web\n../x\nworker\n\n-a\nb c\n".utf8)) == ["web", "worker"])
    }
}
