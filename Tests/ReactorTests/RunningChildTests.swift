import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Children that are talked to while they run.
@Suite struct RunningChildTests {
    /// What a child has reported so far, and a way to wait for more of it.
    private final class Probe {
        let child: RunningChild
        let loop: Loop
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var order: [String] = []
        var exit: ChildExit?
        var onDrained: () -> Void = {}
        private var condition: (() -> Bool)?
        private var continuation: CheckedContinuation<Bool, Never>?

        init(_ text: String, directory: String? = nil, inputLimit: Int = 256 * 1024, on loop: Loop) throws {
            self.loop = loop
            child = try RunningChild(
                ["sh", "-c", text],
                environment: Surroundings.environment,
                directory: directory,
                inputLimit: inputLimit,
                on: loop
            )
            child.handler = { [self] in heard($0) }
        }

        private func heard(_ event: RunningChild.Event) {
            switch event {
            case .received(.output, let bytes): output += bytes
            case .received(.errors, let bytes): errors += bytes
            case .ended(let stream): order.append("\(stream) ended")
            case .drained:
                order.append("drained")
                onDrained()
            case .inputClosed(let error): order.append("input closed: \(error.reason)")
            case .exited(let exit):
                self.exit = exit
                order.append("exited")
            }
            if condition?() == true { resume(true) }
        }

        private func resume(_ met: Bool) {
            condition = nil
            continuation?.resume(returning: met)
            continuation = nil
        }

        /// False if it has not come true within a minute, which is no measure but a bound.
        func wait(until condition: @escaping () -> Bool) async -> Bool {
            if condition() { return true }
            let timer = loop.after(.seconds(60)) { self.resume(false) }
            defer { loop.cancel(timer) }
            return await withCheckedContinuation {
                self.condition = condition
                continuation = $0
            }
        }

        func waitForEnd() async -> Bool {
            await wait { self.order.filter { $0.hasSuffix("ed") && $0 != "drained" }.count == 3 }
        }
    }

    @Test func `bytes go both ways while it runs`() async throws {
        try await withLoop { loop in
            let probe = try Probe(
                "printf 'ready\\n'; while read -r line; do echo \"got $line\"; done; exit 5",
                on: loop
            )
            #expect(await probe.wait { probe.output == Array("ready\n".utf8) })
            for word in ["one", "two"] {
                probe.output = []
                #expect(probe.child.write(Array("\(word)\n".utf8)) == word.utf8.count + 1)
                #expect(await probe.wait { probe.output == Array("got \(word)\n".utf8) })
            }
            probe.child.closeInput()
            #expect(await probe.waitForEnd())
            #expect(probe.exit == .exited(5))
            #expect(probe.child.write([65]) == 0)
        }
    }

    @Test func `what a child said and how it ended waits for who listens late`() async throws {
        try await withLoop { loop in
            let child = try RunningChild(
                ["sh", "-c", "echo early; echo odd >&2; exit 3"],
                environment: Surroundings.environment,
                on: loop
            )
            // The loop turns as often as it takes to see the end of the process, and nobody listens.
            while child.exit == nil {
                await withCheckedContinuation { (turned: CheckedContinuation<Void, Never>) in
                    loop.after(.milliseconds(1)) { turned.resume() }
                }
            }
            var heard: [String] = []
            await withCheckedContinuation { (over: CheckedContinuation<Void, Never>) in
                child.handler = { event in
                    switch event {
                    case .received(let stream, let bytes):
                        heard.append("\(stream) \(String(decoding: bytes, as: UTF8.self))")
                    case .ended(let stream): heard.append("\(stream) ended")
                    case .exited(let exit): heard.append("\(exit)")
                    case .drained, .inputClosed: break
                    }
                    if heard.count == 5 { over.resume() }
                }
            }
            #expect(heard.sorted() == ["errors ended", "errors odd\n", "exited(3)", "output early\n", "output ended"])
        }
    }

    @Test func `megabytes pass unchanged through a queue of few bytes`() async throws {
        try await withLoop { loop in
            let input = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
            let probe = try Probe("exec cat", inputLimit: 10_000, on: loop)
            var sent = 0
            func pump() {
                sent += probe.child.write(input[sent...])
                #expect(probe.child.queued <= 10_000)
                if sent == input.count { probe.child.closeInput() }
            }
            probe.onDrained = pump
            pump()
            #expect(await probe.waitForEnd())
            let isUnchanged = probe.output == input
            #expect(isUnchanged, "\(probe.output.count) bytes came back")
            #expect(probe.exit == .exited(0))
        }
    }

    @Test func `a child that does not read bounds what is taken`() async throws {
        try await withLoop { loop in
            let probe = try Probe("exec sleep 600", inputLimit: 5000, on: loop)
            let block = [UInt8](repeating: 7, count: 1 << 20)
            let taken = probe.child.write(block)
            #expect(taken < block.count)
            #expect(probe.child.queued == 5000)
            #expect(probe.child.write(block) == 0)
            probe.child.terminate()
            #expect(await probe.waitForEnd())
            #expect(probe.exit == .signaled(SIGTERM))
        }
    }

    @Test func `streams that are closed early do not look like the end`() async throws {
        try await withLoop { loop in
            let probe = try Probe("exec >&- 2>&-; read -r line; exit 4", on: loop)
            #expect(
                await probe.wait { probe.order.filter { $0.hasSuffix("s ended") || $0 == "output ended" }.count == 2 }
            )
            #expect(probe.exit == nil)
            _ = probe.child.write([10])
            #expect(await probe.waitForEnd())
            #expect(probe.exit == .exited(4))
        }
    }

    @Test func `an end does not look like the end of its streams`() async throws {
        try await withLoop { loop in
            let probe = try Probe("exec 3<&0; (read -r line <&3; echo \"$line\") & exit 3", on: loop)
            #expect(await probe.wait { probe.exit == .exited(3) })
            #expect(probe.order == ["exited"])
            _ = probe.child.write(Array("late\n".utf8))
            #expect(await probe.waitForEnd())
            #expect(probe.output == Array("late\n".utf8))
        }
    }

    @Test func `input that nobody reads any more is reported once`() async throws {
        try await withLoop { loop in
            let probe = try Probe("exec <&-; echo closed; exec sleep 600", on: loop)
            #expect(await probe.wait { probe.order.contains { $0.hasPrefix("input closed") } })
            #expect(probe.child.write([65]) == 0)
            probe.child.signal(SIGKILL)
            #expect(await probe.waitForEnd())
            #expect(probe.order.filter { $0.hasPrefix("input closed") } == ["input closed: Broken pipe"])
            #expect(probe.exit == .signaled(SIGKILL))
        }
    }

    @Test func `a stream that is not read waits, and is read on later`() async throws {
        try await withLoop { loop in
            let probe = try Probe("head -c 3000000 /dev/zero; echo done >&2", on: loop)
            #expect(await probe.wait { !probe.output.isEmpty })
            try probe.child.setReading(false, .output)
            let before = probe.output.count
            // Another child from its start to its end: time enough for a few turns of the loop.
            _ = try await loop.run(ChildRequest(["true"], environment: Surroundings.environment))
            #expect(probe.output.count == before)
            #expect(probe.errors.isEmpty)
            try probe.child.setReading(true, .output)
            #expect(await probe.waitForEnd())
            #expect(probe.output.count == 3_000_000)
            #expect(probe.errors == Array("done\n".utf8))
        }
    }

    @Test(.enabled(if: Surroundings.has("flock"), "flock is not installed"))
    func `letting go ends the whole group and reports nothing`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let text = "exec 9>lock; flock 9; (trap '' TERM; echo up; while :; do sleep 600; done) & wait"
                let probe = try Probe(text, directory: directory, on: loop)
                #expect(await probe.wait { !probe.output.isEmpty })
                probe.child.close()
                let freed = try await loop.run(
                    ChildRequest(
                        ["flock", "-w", "20", "\(directory)/lock", "echo", "free"],
                        environment: Surroundings.environment
                    )
                )
                #expect(freed.output == "free\n")
                #expect(probe.order == [])
            }
        }
    }

    @Test func `a program that is not there is an error`() async throws {
        let error = await #expect(throws: SystemError.self) {
            try await withLoop { loop in
                _ = try RunningChild(["no-such-program-here"], environment: ["PATH": "/usr/bin"], on: loop)
            }
        }
        #expect(error?.doing == "run 'no-such-program-here'")
    }
}
