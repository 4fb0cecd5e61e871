import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Child processes, run to their end.
@Suite struct ChildTests {
    private func run(
        _ arguments: [String],
        _ change: @escaping @Sendable (inout ChildRequest) -> Void = { _ in }
    ) async throws -> ChildResult {
        try await withLoop { loop in
            var request = ChildRequest(arguments, environment: Surroundings.environment)
            change(&request)
            return try await loop.run(request)
        }
    }

    private func shell(
        _ text: String,
        _ change: @escaping @Sendable (inout ChildRequest) -> Void = { _ in }
    ) async throws -> ChildResult { try await run(["sh", "-c", text], change) }

    @Test func `an exit status and both streams`() async throws {
        let result = try await shell(#"printf 'a\0b\n'; printf 'err\n' >&2; exit 7"#)
        #expect(result.status == .exited(7))
        #expect(!result.succeeded)
        #expect(result.stdout == [97, 0, 98, 10])
        #expect(result.errors == "err\n")
        #expect(try await run(["true"]).succeeded)
    }

    @Test(arguments: [9, 15, 1] as [Int32])
    func `a signal is no exit status`(number: Int32) async throws {
        #expect(try await shell("kill -\(number) $$").status == .signaled(number))
    }

    @Test func `arguments arrive as they are`() async throws {
        let words = ["", "a b", "it's", "$HOME", "*", "-n", "é\n"]
        let result = try await run(["sh", "-c", #"for word; do printf '%s\0' "$word"; done"#, "sh"] + words)
        #expect(result.stdout == words.flatMap { $0.utf8 + [0] as [UInt8] })
    }

    @Test func `environment and directory are what was asked for, and nothing else`() async throws {
        let result = try await run(["sh", "-c", "echo \"$A\"; pwd; env | sort"]) {
            $0.environment = ["PATH": "/usr/bin:/bin", "A": "x y"]
            $0.directory = "/usr"
        }
        let lines = result.output.split(separator: "\n")
        #expect(lines.prefix(2) == ["x y", "/usr"])
        #expect(
            Set(lines.dropFirst(2).map { $0.prefix { $0 != "=" } }).subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == [
                "A", "PATH",
            ]
        )
    }

    /// A lock that Baton was started under would be held by whatever it leaves running.
    @Test func `a descriptor that Baton was given goes no further`() async throws {
        let fd = open("/dev/null", O_RDONLY)
        defer { close(fd) }
        let result = try await shell("for fd in /dev/fd/*; do echo \"${fd##*/}\"; done")
        let given = result.output.split(separator: "\n").compactMap { Int32($0) }
        #expect(!given.contains(fd))
        #expect(given.filter { $0 < 3 } == [0, 1, 2])
    }

    @Test func `input is fed, however much`() async throws {
        let input = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let result = try await run(["cat"]) { $0.input = input }
        #expect(result.stdout == Array(input.prefix(1 << 20)))
        #expect(try await run(["cat"]).stdout == [])
    }

    @Test func `a child that does not read its input is no error`() async throws {
        let result = try await shell("exec <&-; echo done") { $0.input = [UInt8](repeating: 65, count: 1 << 20) }
        #expect(result.status == .exited(0))
        #expect(result.output == "done\n")
    }

    @Test func `output is kept up to its bound, and the rest is read`() async throws {
        let result = try await shell("head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero >&2; exit 4") {
            $0.outputLimit = 1000
        }
        #expect(result.status == .exited(4))
        #expect(result.stdout == [UInt8](repeating: 120, count: 1000))
        #expect(result.stderr == [UInt8](repeating: 0, count: 1000))
    }

    @Test func `at its deadline a child is ended`() async throws {
        let result = try await shell("echo begun; exec sleep 600") { $0.deadline = .milliseconds(100) }
        #expect(result.status == .timedOut)
    }

    @Test func `a child that ignores TERM is ended as well`() async throws {
        let result = try await shell("trap '' TERM; echo begun; while :; do sleep 600; done") {
            $0.deadline = .milliseconds(300)
        }
        #expect(result.status == .timedOut)
        #expect(result.output == "begun\n")
    }

    /// The lock is held by a descriptor of every process of the group: it is free when the last is gone.
    @Test(
        .enabled(if: Surroundings.has("flock"), "flock is not installed"),
        arguments: [
            "sleep 600 & wait",
            // The first of the group ends on TERM and closes no pipe that anybody waits for; the other ignores TERM.
            "(trap '' TERM; exec >/dev/null 2>&1; echo up >ready; while :; do sleep 600; done) & while ! [ -s ready ]; do sleep 0.01; done; wait",
        ]
    )
    func `at its deadline the whole process group is ended`(text: String) async throws {
        try await withDirectory { directory in
            let result = try await shell("exec 9>lock; flock 9; \(text)") {
                $0.directory = directory
                $0.deadline = .milliseconds(500)
            }
            #expect(result.status == .timedOut)
            // Blocks until the lock is free; a survivor would hold it for ten minutes.
            let freed = try await run(["flock", "-w", "20", "\(directory)/lock", "echo", "free"])
            #expect(freed.output == "free\n")
        }
    }

    @Test func `a grandchild that holds the pipes does not hold the result`() async throws {
        let result = try await shell("echo said; sleep 600 & echo $!; exit 3") { $0.deadline = .seconds(30) }
        #expect(result.status == .exited(3))
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "said")
        _ = try await run(["kill", String(lines.last ?? "")])
    }

    @Test(arguments: ["no-such-program-here", "/no/such/program", ""])
    func `a program that is not there is an error that names it`(name: String) async throws {
        let error = await #expect(throws: SystemError.self) {
            try await run([name]) { $0.environment = ["PATH": "/usr/bin:/bin"] }
        }
        #expect(error?.description.contains("'\(name)'") == true)
        #expect(error?.reason.isEmpty == false)
    }

    @Test func `a program is found in the order of PATH, and only if it may be run`() async throws {
        try await withDirectory { directory in
            for name in ["one", "two", "three"] { try Files.makeDirectory("\(directory)/\(name)") }
            try Files.makeDirectory("\(directory)/one/tool")
            try Files.write(Array("#!/bin/sh\necho not executable\n".utf8), to: "\(directory)/two/tool")
            try Files.write(Array("#!/bin/sh\necho three\n".utf8), to: "\(directory)/three/tool", mode: 0o755)
            let path = ["one", "two", "three"].map { "\(directory)/\($0)" }.joined(separator: ":")
            #expect(Loop.executable("tool", path: path) == "\(directory)/three/tool")
            #expect(Loop.executable("none", path: path) == nil)
            #expect(try await run(["tool"]) { $0.environment["PATH"] = path }.output == "three\n")
        }
    }

    @Test func `children run side by side`() async throws {
        let outputs = try await withLoop { loop in
            try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<20 {
                    group.addTask(executorPreference: loop) {
                        try await loop.run(ChildRequest(["echo", "\(index)"], environment: Surroundings.environment))
                            .output
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
        }
        #expect(outputs == Set((0..<20).map { "\($0)\n" }))
    }

    @Test func `a program that somebody still writes is waited for, for a moment`() async throws {
        try await withDirectory { directory in
            let program = "\(directory)/program"
            try Files.write(Array("#!/bin/sh\necho here\n".utf8), to: program, mode: 0o755)
            try await withLoop { loop in
                // Somebody who has it open for writing, for as long as it takes to say so and a little more.
                let line = "exec 3>>\(program); echo open; sleep 0.05"
                let writer = try RunningChild(["sh", "-c", line], environment: Surroundings.environment, on: loop)
                await withCheckedContinuation { continuation in
                    var isOpen = false
                    writer.handler = { event in
                        guard case .received(.output, _) = event, !isOpen else { return }
                        isOpen = true
                        continuation.resume()
                    }
                }
                let result = try await loop.run(ChildRequest([program], environment: Surroundings.environment))
                #expect(result.output == "here\n")
                writer.close()
            }
        }
    }
}
