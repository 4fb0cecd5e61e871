import Document
import Reactor
import TestSupport
import Testing

@testable import Commands

/// Fetching what `!secret` names.
@Suite struct SecretFetcherTests {
    private static let odd: [(content: [UInt8], expected: String)] = [
        (Array("hunter2\n".utf8), "hunter2"), (Array("hunter2\r\n\n".utf8), "hunter2"), (Array(" a b ".utf8), " a b "),
        (Array("a\nb\n".utf8), "a\nb"), (Array("\n".utf8), "there is nothing in it"), ([], "there is nothing in it"),
        ([0xff, 0xfe], "it is not text"), (Array("a\u{0}b".utf8), "it is not text"),
    ]

    private func fetch(_ text: String, in directory: String, _ loop: Loop, _ environment: [String: String] = [:]) async
        -> String
    {
        let fetcher = SecretFetcher(
            environment: environment.merging(Surroundings.environment, uniquingKeysWith: { one, _ in one }),
            home: "\(directory)/home",
            root: directory,
            loop: loop
        )
        guard let reference = SecretReference(text) else { return "no reference" }
        do throws(SecretProblem) {
            return try await fetcher.fetch(reference)
        } catch {
            return error.message + (error.hint.map { "; \($0)" } ?? "")
        }
    }

    @Test func `from the environment`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let set = ["TOKEN": "hunter2", "EMPTY": ""]
                #expect(await fetch("env:TOKEN", in: directory, loop, set) == "hunter2")
                #expect(await fetch("env:EMPTY", in: directory, loop, set) == "EMPTY is empty in the environment")
                #expect(
                    await fetch("env:NO_SUCH", in: directory, loop, set)
                        == "the environment has no NO_SUCH; export NO_SUCH before running baton"
                )
            }
        }
    }

    @Test func `from a file, without the newline at its end`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                for (content, expected) in Self.odd {
                    try Files.write(content, to: "\(directory)/secret", mode: 0o600)
                    let found = await fetch("file:secret", in: directory, loop)
                    #expect(found.hasPrefix(expected), "\(found)")
                    #expect(await fetch("file:\(directory)/secret", in: directory, loop) == found)
                }
                try Files.makeDirectory("\(directory)/home")
                try Files.write(Array("at home".utf8), to: "\(directory)/home/secret")
                #expect(await fetch("file:~/secret", in: directory, loop) == "at home")
                let missing = await fetch("file:none", in: directory, loop)
                #expect(missing == "\"none\" cannot be read: No such file or directory")
            }
        }
    }

    @Test func `not from a file that others may write`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                try Files.write(Array("hunter2".utf8), to: "\(directory)/secret")
                _ = try await runChild(["chmod", "666", "\(directory)/secret"])
                let refused = await fetch("file:secret", in: directory, loop)
                #expect(refused.hasPrefix("\"secret\" may be written by others; "))
                _ = try await runChild(["chmod", "644", "\(directory)/secret"])
                #expect(await fetch("file:secret", in: directory, loop) == "hunter2")
            }
        }
    }

    @Test func `from what a command prints, in the project's folder`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                #expect(await fetch("command:echo hunter2; echo noise >&2", in: directory, loop) == "hunter2")
                #expect(await fetch("command:pwd -P | sed 's,.*/,,'", in: directory, loop).isEmpty == false)
                let failed = await fetch("command:echo hunter2; echo 'not\nthere' >&2; exit 3", in: directory, loop)
                #expect(failed == "the command ended with exit status 3; it said: not there")
                let killed = await fetch("command:kill -9 $$", in: directory, loop)
                #expect(killed == "the command was ended by signal 9")
                #expect(await fetch("command:true", in: directory, loop) == "there is nothing in it")
                let long = await fetch("command:head -c 2000000 /dev/zero", in: directory, loop)
                #expect(long == "the command printed more than 1 MiB")
            }
        }
    }
}
