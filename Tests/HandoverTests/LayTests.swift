import Handover
import Reactor
import Shell
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How the directory of a takeover comes to a host: whole, where nobody else can write, and beside no other that goes on;
/// in every shell that hosts have.
@Suite struct LayTests {
    private static let nonce = SessionScript.nonce

    private static func lay(
        _ shell: HostShell,
        in directory: String,
        nonce: String = nonce,
        _ before: String = ""
    ) async throws -> ChildResult {
        let files = try SessionScript.order().files()
        let program = HandoverProgram.lay(files, in: "\(directory)/state", nonce: nonce)
        // Each is a run of its own, with applets of its own.
        let place = "\(directory)/run\(UInt32.random(in: 0...UInt32.max))"
        try Files.makeDirectory(place)
        // Longer than an argument may be.
        try Files.write(Array(program.text.utf8), to: "\(place)/program")
        return try await shell.run("sync() { :; }\n\(before)\n. ./program", in: place)
    }

    @Test(arguments: HostShell.present) func `every file is there as it was written, for its owner only`(
        shell: HostShell
    ) async throws {
        try await withDirectory { directory in
            for _ in 0..<2 {
                let result = try await Self.lay(shell, in: directory)
                #expect(result.succeeded && result.output == "laid\n" && result.errors == "", "\(result.errors)")
            }
            let place = "\(directory)/state/handover-\(Self.nonce)"
            let files = try SessionScript.order().files()
            #expect(Files.list(place).sorted() == files.map(\.name).sorted())
            for file in files {
                #expect(try Files.read("\(place)/\(file.name)") == Array(file.text.utf8), "\(file.name)")
            }
            var status = stat()
            for path in ["\(directory)/state", place, "\(place)/order"] {
                #expect(stat(path, &status) == 0 && status.st_mode & 0o077 == 0, "\(path)")
            }
            #expect(Files.list("\(directory)/state") == ["handover-\(Self.nonce)"])
        }
    }

    @Test(arguments: HostShell.present) func `nothing is laid down where others may write, or behind a link`(
        shell: HostShell
    ) async throws {
        for (make, reason) in [
            ("mkdir state; chmod 0777 state", "may be written by others"),
            ("mkdir state; chmod 0770 state", "may be written by others"),
            ("mkdir other; ln -s other state", "is no directory, or a link"),
            ("ln -s nowhere state", "is no directory, or a link"), (": >state", "is no directory, or a link"),
            ("mkdir state; chown 65534 state", "belongs to another user"),
        ] where !make.contains("chown") || Surroundings.isRoot {
            try await withDirectory { directory in
                let result = try await Self.lay(shell, in: directory, "(cd .. && \(make))")
                #expect(!result.succeeded && result.errors.contains(reason), "\(make): \(result.errors)")
                #expect(Files.list("\(directory)/state").isEmpty)
            }
        }
    }

    @Test(arguments: HostShell.present) func `files that could not all be written are none`(
        shell: HostShell
    ) async throws {
        try await withDirectory { directory in
            let full = "printf() { case $2 in armed*) return 1 ;; *) command printf \"$@\" ;; esac; }"
            let result = try await Self.lay(shell, in: directory, full)
            #expect(!result.succeeded && result.errors.hasPrefix("cannot write into "), "\(result.errors)")
            #expect(!Files.exists("\(directory)/state/handover-\(Self.nonce)"))
            // What was left is no obstacle.
            let again = try await Self.lay(shell, in: directory)
            #expect(again.succeeded, "\(again.errors)")
        }
    }

    @Test(arguments: HostShell.present) func `the last three that are over stay, and what is not theirs is left alone`(
        shell: HostShell
    ) async throws {
        try await withDirectory { directory in
            let before = #"""
                (
                    mkdir -m 700 ../state && cd ../state || exit
                    for n in 1 2 3 4 5 6; do
                        mkdir "handover-a$n"
                        echo done >"handover-a$n/verdict"
                        touch -d "2020-01-0$n 00:00" "handover-a$n"
                    done
                    # Never begun: one long ago, one just now.
                    mkdir handover-b1 handover-b2 .handover-c1 handover-none.of.ours
                    touch -d "2019-01-01 00:00" handover-b1 .handover-c1 handover-none.of.ours
                    ln -s handover-a6 handover-f1
                )
                """#
            let result = try await Self.lay(shell, in: directory, before)
            #expect(result.succeeded && result.errors == "", "\(result.errors)")
            #expect(
                Files.list("\(directory)/state").sorted()
                    == [
                        "handover-\(Self.nonce)", "handover-a4", "handover-a5", "handover-a6", "handover-b2",
                        "handover-f1", "handover-none.of.ours",
                    ]
            )
        }
    }

    /// A takeover is there already: how its host describes it, and what becomes of the next.
    @Test(arguments: HostShell.present) func `one that goes on, or was cut off, is in the way`(
        shell: HostShell
    ) async throws {
        for (said, files, reason, status) in [
            ("guard 12.3\\nconductor none", [], "another takeover is under way: ", 77),
            ("guard none\\nconductor 12.3", ["conductor"], "another takeover is under way: ", 77),
            ("guard none\\nconductor none", ["conductor"], "a takeover was cut off", 1),
            ("guard none\\nconductor none", [], "", 0), ("guard 12.3\\nconductor 12.4", ["verdict"], "", 0),
        ] as [(String, [String], String, Int32)] {
            try await withDirectory { directory in
                let before = """
                    (
                        mkdir -p -m 700 ../state/handover-abc && cd ../state/handover-abc || exit
                        echo 'printf "token armed\\n\(said)\\n"' >program
                        for file in \(files.joined(separator: " ")); do : >"$file"; done
                    )
                    """
                let result = try await Self.lay(shell, in: directory, before)
                #expect(result.status == .exited(status), "\(said) \(files): \(result.errors)")
                #expect(
                    result.errors.hasPrefix(reason) && (reason.isEmpty) == result.errors.isEmpty,
                    "\(result.errors)"
                )
                #expect(Files.exists("\(directory)/state/handover-\(Self.nonce)") == (status == 0))
            }
        }
    }

    // MARK: Looks

    @Test(arguments: HostShell.present) func `a look is what is new of the journal, and where it stands`(
        shell: HostShell
    ) async throws {
        try await withDirectory { directory in
            let laid = try await Self.lay(shell, in: directory)
            #expect(laid.succeeded, "\(laid.errors)")
            let place = "\(directory)/state/handover-\(Self.nonce)"
            func look(_ line: Int, _ before: String = "") async throws -> HandoverReport? {
                let run = "\(directory)/look\(UInt32.random(in: 0...UInt32.max))"
                try Files.makeDirectory(run)
                let program = HandoverProgram.look(in: place, from: line)
                let result = try await shell.run(before + "\n" + program.text, in: run)
                #expect(result.succeeded && result.errors == "", "\(result.errors)")
                return HandoverReport.read(Array(result.output.utf8), nonce: Self.nonce)
            }
            let empty = try #require(try await look(1))
            #expect(empty.lines == 0 && empty.status.token == .absent && !empty.status.hasGuard)
            let journal = #"""
                cd "$(dirname "$PWD")/state/"handover-* || exit
                i=0; while [ "$i" -lt 250 ]; do i=$((i + 1)); printf '%s\n' "$i aa.1 state armed \\n said"; done >journal
                printf 'no line' >>journal
                printf '%s\n' '99 aa.1 3 bob on \a laptop' >lease
                """#
            let first = try #require(try await look(1, journal))
            #expect(first.lines == HandoverReport.most && first.entries.first?.time == 1)
            #expect(first.entries.first?.rest == #"armed \n said"#)
            #expect(first.status.leaseEpoch == 3 && first.status.leaseOwner == #"bob on \a laptop"#)
            let second = try #require(try await look(201))
            // A line that was cut off by a crash waits for its end.
            #expect(second.lines == 50 && second.entries.first?.time == 201)
        }
    }
}
