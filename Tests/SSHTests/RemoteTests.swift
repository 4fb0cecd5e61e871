import Lab
import Reactor
import Shell
import TestSupport
import Testing

@testable import SSH

/// The connection against OpenSSH's own server.
@Suite struct RemoteTests {
    @Test func `a program's output and status come back byte for byte`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let reply = try await remote.sh(#"printf 'a\0b\n\n'; printf 'err\n' >&2; exit 3"#)
                #expect(reply.status == 3)
                #expect(reply.stdout.bytes == [97, 0, 98, 10, 10])
                #expect(reply.stderr.text == "err\n")
                let second = try await remote.sh("pwd")
                #expect(second.stdout.text == server.host.home + "\n")
            }
        }
    }

    @Test(arguments: ["dash", "bash", "busybox"])
    func `every shell keeps the frames apart`(_ shell: String) async throws {
        try await withServer { server in
            // The loop asks for `sh`: this directory says which one that is.
            try Files.makeDirectory("\(server.directory)/bin")
            let program = shell == "busybox" ? "exec busybox sh \"$@\"" : "exec \(shell) \"$@\""
            try Files.write(Array("#!/bin/bash\n\(program)\n".utf8), to: "\(server.directory)/bin/sh", mode: 0o755)
            try server.enter("PATH=\(server.directory)/bin:$PATH; exec sh -c \"$SSH_ORIGINAL_COMMAND\"")
            try await server.connected { remote in
                for turn in 0..<20 {
                    let reply = try await remote.sh("printf 'ü\\0\\n%s\\n\\n' \(turn); cat; false")
                    #expect(reply.stdout.bytes == Array("ü\0\n\(turn)\n\n".utf8))
                    #expect(reply.status == 1)
                }
                #expect(try await remote.sh("if").status != 0)
                #expect(try await remote.sh("set -e; cd /; exit 7").status == 7)
                #expect(try await remote.sh("pwd").stdout.text == server.host.home + "\n")
            }
        }
    }

    @Test(arguments: [
        "echo noise; echo more noise >&2; exec sh -c \"$SSH_ORIGINAL_COMMAND\"",
        "printf 'no newline'; exec sh -c \"$SSH_ORIGINAL_COMMAND\"",
        "head -c 300000 /dev/urandom; exec sh -c \"$SSH_ORIGINAL_COMMAND\"",
        "exec fish --no-config -c \"$SSH_ORIGINAL_COMMAND\"",
    ])
    func `what rc files print and which shell logs in does not matter`(_ enter: String) async throws {
        try await withServer { server in
            try server.enter(enter)
            try await server.connected { remote in
                let reply = try await remote.sh("echo out; echo err >&2")
                #expect(reply.stdout.text == "out\n")
                #expect(reply.stderr.text == "err\n")
            }
        }
    }

    @Test func `rc files that print without end are given up`() async throws {
        try await withServer { server in
            try server.enter("exec cat /dev/zero")
            let failure = try await server.connected { await $0.failure("true") }
            #expect(failure?.kind == .shellLost)
            #expect(failure?.detail == "the host prints without end before its shell answers")
        }
    }

    @Test func `an account without a shell is told as such`() async throws {
        try await withServer { server in
            try server.enter("echo This account is currently not available.; exit 1")
            let failure = try await server.connected { await $0.failure("true") }
            #expect(failure?.kind == .shellLost)
            #expect(failure?.detail.contains("saying: This account is currently not available.") == true)
        }
    }

    @Test func `a shell that never answers has a deadline`() async throws {
        try await withServer { server in
            try server.enter("exec sleep 600")
            let failure = try await server.connected({ $0.timeouts.shell = .milliseconds(300) }) {
                await $0.failure("true")
            }
            #expect(failure?.detail == "no answer from the shell within 300 ms")
        }
    }

    @Test func `a hundred megabytes of output cost a bounded amount of memory`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let reply = try await remote.sh(
                    "printf begin; head -c 100000000 /dev/zero; printf end",
                    Limits(output: 1 << 20)
                )
                #expect(reply.status == 0)
                #expect(reply.stdout.count == 100_000_008)
                #expect(reply.stdout.dropped == 100_000_008 - (1 << 20))
                #expect(reply.stdout.beginning.starts(with: Array("begin".utf8)))
                #expect(reply.stdout.end.suffix(3).elementsEqual("end".utf8))
            }
        }
    }

    @Test func `both streams flooding at once do not block each other`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let reply = try await remote.sh(
                    "head -c 8000000 /dev/zero >&2 & head -c 8000000 /dev/zero; wait",
                    Limits(output: 4096)
                )
                #expect(reply.stdout.count == 8_000_000)
                #expect(reply.stderr.count == 8_000_000)
            }
        }
    }

    @Test func `a program that kills its shell is lost, and the next one gets a new shell`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let failure = await remote.failure("echo before; kill -9 $$")
                #expect(failure?.kind == .shellLost)
                #expect(failure?.stdout.text == "before\n")
                #expect(failure?.detail.contains("signal KILL") == true)
                let next = try await remote.sh("echo again")
                #expect(next.stdout.text == "again\n")
            }
        }
    }

    @Test func `a program that runs too long is ended on the host with all it started`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                _ = try await remote.sh("true")
                let failure = await remote.failure(
                    "echo $$ > pid; echo begun; (trap '' TERM; sleep 600; sleep 600) & echo $! > child; sleep 600",
                    Limits(timeout: .milliseconds(700))
                )
                #expect(failure?.kind == .timedOut(ended: true))
                #expect(failure?.stdout.text == "begun\n")
                // The shell is the same and still usable, and what ran is gone (or dead and not yet collected).
                let reply = try await remote.sh(
                    "echo $(($(cat pid) - $$)); cut -d' ' -f3 /proc/$(cat child)/stat 2>/dev/null || echo gone"
                )
                #expect(["0\ngone\n", "0\nZ\n"].contains(reply.stdout.text), "\(reply.stdout.text)")
            }
        }
    }

    @Test func `cancelling ends the program and keeps what it said`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let failure = await remote.failure("echo begun; sleep 600", Limits()) { _, _ in
                    // The first byte says that it runs. On the loop: the pool has two threads and many tests.
                    Task(executorPreference: server.loop) { await remote.cancel() }
                }
                #expect(failure?.kind == .cancelled(ended: true))
                #expect(failure?.stdout.text == "begun\n")
            }
        }
    }

    @Test func `a second shell answers while the first is busy`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                async let busy = remote.sh("while [ ! -e go ]; do sleep 0.02; done; echo done")
                for turn in 0..<20 {
                    let reply = try await remote.runBeside(ReadingProgram("test", "echo \(turn)"), Limits())
                    #expect(reply.stdout.text == "\(turn)\n")
                }
                _ = try await remote.runBeside(ReadingProgram("test", "touch go"), Limits())
                #expect(try await busy.stdout.text == "done\n")
            }
        }
    }

    @Test func `a rekey in the middle of output is not noticed`() async throws {
        try await withServer("RekeyLimit 1M") { server in
            try await server.connected { remote in
                let reply = try await remote.sh("head -c 20000000 /dev/zero | tr '\\0' x", Limits(output: 1 << 20))
                #expect(reply.stdout.count == 20_000_000)
                #expect(try await remote.sh("echo $?").stdout.text == "0\n")
            }
        }
    }

    @Test func `a program with a NUL byte is not sent`() async throws {
        try await withServer { server in
            let failure = try await server.connected { await $0.failure("echo a\0b") }
            #expect(failure?.kind == .unsendable)
        }
    }

    @Test func `nothing of a closed connection stays in memory`() async throws {
        try await withServer { server in
            let remote = try server.remote()
            _ = try await remote.open()
            _ = try await remote.sh("echo one")
            _ = try await remote.runBeside(ReadingProgram("test", "echo two"), Limits())
            _ = await remote.failure("kill -9 $$")
            let watch = await remote.watchLine()
            #expect(watch.isAlive)
            await remote.close()
            await server.loop.sleep(.milliseconds(1))
            #expect(!watch.isAlive)
        }
    }

    @Test func `a killed shell is lost at once, though a child holds its output`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let failure = await remote.failure("echo before; sleep 600 & kill -9 $$; sleep 1")
                #expect(failure?.kind == .shellLost)
                #expect(failure?.detail.contains("signal KILL") == true)
                #expect(failure?.stdout.text == "before\n")
            }
        }
    }

    @Test func `giving up while it connects is an answer`() async throws {
        try await withServer { server in
            let link = try FaultyLink(to: server.port, .silence, on: server.loop)
            defer { link.close() }
            let remote = try server.remote { $0.port = link.port }
            async let opening: SSHError? = {
                do throws(SSHError) {
                    _ = try await remote.open()
                    return nil
                } catch {
                    return error
                }
            }()
            while link.connections == 0 { await server.loop.sleep(.milliseconds(5)) }
            await remote.close()
            #expect(await opening?.kind == .cancelled)
        }
    }

    @Test func `a program begins with a clean table`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let reply = try await remote.sh(
                    "echo $# \"$1\"; env | grep -cE '^(_baton.*|k|p|s)='; set | grep -c '^_baton_k='"
                )
                #expect(reply.stdout.text == "0 \n0\n0\n")
            }
        }
    }

    @Test func `a program's time begins when it is its turn`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                _ = try await remote.sh("true")
                async let first = remote.sh("sleep 1; echo first")
                async let second = remote.sh("echo second", Limits(timeout: .milliseconds(700)))
                #expect(try await first.stdout.text == "first\n")
                #expect(try await second.stdout.text == "second\n")
            }
        }
    }
}
