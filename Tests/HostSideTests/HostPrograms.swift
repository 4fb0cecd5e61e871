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

/// A directory that stands for a host, and a shell that runs programs in it.
struct HostFolder {
    let shell: HostShell
    let path: String
    var environment: [String: String]
    /// What becomes another user, if anything.
    var user: [String] = []

    /// As the loop of a connection does: in a subshell, without input, and as part of no argument.
    func run(_ text: String) async throws -> ChildResult {
        let file = "\(path)-program-\(Marker.random().text)"
        try Files.write(Array(text.utf8), to: file, mode: 0o644)
        defer { try? Files.removeTree(file) }
        return try await runChild(
            user + shell.words + ["-c", "p=$(cat \"$1\"); shift; (eval \"$p\") </dev/null", "baton", file],
            environment: environment,
            directory: path
        )
    }

    func look(_ looks: [Look]) async throws -> Sightings {
        let result = try await run(Looking.program(looks).text)
        #expect(result.errors == "")
        return try Looking.read(result.stdout, looks)
    }

    func state(_ name: String, _ hashing: Look.Hashing = .ifSize(0)) async throws -> PathState? {
        let look = Look.path(full(name), hashing: hashing)
        guard case .path(let state)? = try await self.look([look])[look] else { return nil }
        return state
    }

    /// How it is now, for a change that expects this. What root does not look at counts as missing: a link on the way may
    /// have come after the look.
    func now(_ name: String) async throws -> HostSide.Expectation {
        HostSide.Expectation(path: full(name), fingerprint: try await state(name)?.fingerprint ?? "missing")
    }

    func full(_ name: String) -> String { name.hasPrefix("/") ? name : "\(path)/\(name)" }

    func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        try Files.write(Array(text.utf8), to: full(name), mode: mode)
    }

    func read(_ name: String) throws -> String { String(decoding: try Files.read(full(name)), as: UTF8.self) }

    func names(_ folder: String = "") -> [String] { Files.list(full(folder)) }

    private func status(_ name: String) -> stat {
        var info = stat()
        _ = lstat(full(name), &info)
        return info
    }

    func mode(_ name: String) -> UInt16 { UInt16(status(name).st_mode & 0o7777) }

    func owner(_ name: String) -> UInt32 { status(name).st_uid }

    func group(_ name: String) -> UInt32 { status(name).st_gid }

    func command(_ words: String...) async throws {
        let result = try await runChild(words, directory: path)
        #expect(result.succeeded, "\(words): \(result.errors)")
    }
}

extension HostFolder {
    /// The same host with these tools and no others; `wrapped` ones write their name into the file `calls` first.
    func only(_ tools: [String], wrapped: [String] = []) async throws -> HostFolder {
        let bin = "\(path)-bin-\(Marker.random().text)"
        try Files.makeDirectory(bin)
        let path = environment["PATH"] ?? ""
        for tool in tools + ["cat", shell.words[0]] {
            guard let real = Loop.executable(tool, path: path) else { continue }
            try await command("ln", "-s", real, "\(bin)/\(tool)")
        }
        for tool in wrapped {
            let real = Loop.executable(tool, path: path) ?? ""
            let script = "#!/bin/sh\necho \(tool) >>\(self.path)-calls\nexec \(real) \"$@\"\n"
            try Files.write(Array(script.utf8), to: "\(bin)/\(tool)", mode: 0o755)
        }
        var other = self
        other.environment["PATH"] = bin
        return other
    }
}

/// A folder as a host, in a shell. Its path has no link in it, as those of directories for programs must not.
func withHost(_ shell: HostShell, _ body: (HostFolder) async throws -> Void) async throws {
    try await withDirectory { directory in
        let real = try await runChild(["sh", "-c", "cd -P \"$1\" && printf %s \"$PWD\"", "sh", directory]).output
        let environment = try await shell.environment(directory)
        try Files.makeDirectory("\(directory)/host")
        try await body(HostFolder(shell: shell, path: "\(real)/host", environment: environment))
    }
}

/// What became of the steps of a program.
struct Outcome {
    struct Ended {
        let step: Int
        let end: StepEnd
        let stdout: [UInt8]
        let stderr: [UInt8]
        let note: String?

        var text: String { String(decoding: stdout, as: UTF8.self) }
        var errors: String { String(decoding: stderr, as: UTF8.self) }
    }

    var began: [Int] = []
    var ended: [Ended] = []
    var isBroken = false
    var status: ChildResult.Status

    var ends: [StepEnd] { ended.map(\.end) }
}

let key = Marker((0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210))

extension HostFolder {
    func apply(_ steps: [Step], staged: [Int: String] = [:]) async throws -> Outcome {
        let program = OperationsProgram(steps, key: key, staged: staged).program
        let result = try await run(program.text)
        return Outcome(result, steps: steps)
    }

    /// One step alone.
    func apply(_ operation: Operation) async throws -> Outcome.Ended? {
        let outcome = try await apply([Step(1, "test", operation)])
        #expect(!outcome.isBroken)
        #expect(outcome.status == .exited(0))
        #expect(outcome.ended.count == 1)
        return outcome.ended.first
    }
}

extension Outcome {
    init(_ result: ChildResult, steps: [Step], key: Marker = key) {
        status = result.status
        var reader = OperationsReader(key: key, steps: steps.map(\.number), keep: 1 << 20)
        var outcome = (began: [Int](), ended: [Ended]())
        let note = { (event: OperationsReader.Event) in
            switch event {
            case .began(let step): outcome.began.append(step)
            case .output: break
            case .ended(let step, let end, let stdout, let stderr, let note):
                outcome.ended.append(
                    Ended(step: step, end: end, stdout: stdout.bytes, stderr: stderr.bytes, note: note)
                )
            }
        }
        result.stdout.withUnsafeBytes { reader.feed(.stdout, $0, note) }
        result.stderr.withUnsafeBytes { reader.feed(.stderr, $0, note) }
        (began, ended, isBroken) = (outcome.began, outcome.ended, reader.isBroken)
    }
}

/// Content with its sum, as the host's own tool computes it.
func content(_ bytes: [UInt8]) async throws -> FileChange.Content {
    let sum = try await runChild(["sha256sum"], input: bytes).output.prefix(64)
    return FileChange.Content(bytes: bytes, sha256: String(sum))
}

func content(_ text: String) async throws -> FileChange.Content { try await content(Array(text.utf8)) }
