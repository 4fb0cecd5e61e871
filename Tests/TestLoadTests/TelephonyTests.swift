import Reactor
import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The stand-in for Adhearsion, held against what is known of the real one, sentence by sentence.
@Suite(.enabled(if: TelephonyFixture.isAvailable, "needs Debian's python3 and /proc"))
struct TelephonyTests {
    private func transition(_ from: String, _ to: String, _ calls: Int, _ event: String = "shutdown") -> String {
        "Transitioning from \(from) to \(to) with \(calls) active calls due to \(event) event."
    }

    @Test func `it boots, says so, and keeps its pid file`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            #expect(
                ahn.messages == [
                    "Adhearsion v2.6.4 initialized!", transition("booting", "running", 0, "booted"),
                ]
            )
            #expect(ahn.number(in: ahn.pidFile) == ahn.process?.pid)
        }
    }

    @Test func `TERM without calls ends it with 0, and takes the pid file away`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            try ahn.signal(SIGTERM)
            #expect(try await ahn.ends() == 0)
            #expect(ahn.messages.suffix(2) == [transition("running", "stopping", 0), "Adhearsion shut down"])
            #expect(!Files.exists(ahn.pidFile))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `after the first TERM or INT calls and new calls go on until there are none`(number: Int32) async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            #expect(try await ahn.call("one") == "active")
            try ahn.signal(number)
            try await ahn.says(transition("running", "stopping", 1))
            try await ahn.says("Stop requested but we still have 1 active calls.")
            #expect(try await ahn.call("two") == "active")
            ahn.endCall("one")
            try await ahn.wait("the first call to be gone") { ahn.state(of: "one") == "" }
            #expect(ahn.status == nil)
            ahn.endCall("two")
            #expect(try await ahn.ends() == 0)
            // The last calls ended by themselves, and so did the process: no further transition.
            #expect(ahn.messages.last == "Adhearsion shut down")
            #expect(!ahn.messages.contains { $0.hasPrefix("Transitioning from stopping") })
        }
    }

    @Test func `a call that lasts its time ends by itself`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            #expect(try await ahn.call("one", lasts: 0.3) == "active")
            try ahn.signal(SIGTERM)
            #expect(try await ahn.ends() == 0)
            #expect(ahn.state(of: "one") == "ended")
        }
    }

    @Test func `the second TERM rejects new calls and leaves those that are up`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            _ = try await ahn.call("one")
            try ahn.signal(SIGTERM)
            try await ahn.says(transition("running", "stopping", 1))
            try ahn.signal(SIGTERM)
            try await ahn.says(transition("stopping", "rejecting", 1))
            #expect(try await ahn.call("two") == "declined")
            #expect(ahn.state(of: "one") == "active" && ahn.status == nil)
            ahn.endCall("one")
            #expect(try await ahn.ends() == 0)
            #expect(!Files.exists(ahn.pidFile))
        }
    }

    @Test func `the third TERM hangs up every call and ends with 0`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            _ = try await ahn.call("one")
            _ = try await ahn.call("two")
            for (from, to) in [("running", "stopping"), ("stopping", "rejecting"), ("rejecting", "stopped")] {
                try ahn.signal(SIGTERM)
                try await ahn.says(transition(from, to, 2))
            }
            #expect(try await ahn.ends() == 0)
            #expect(ahn.state(of: "one") == "hungup" && ahn.state(of: "two") == "hungup")
            #expect(!Files.exists(ahn.pidFile))
        }
    }

    @Test func `the fourth TERM ends it at once with 1, and leaves the pid file`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start(["FIXTURE_SHUTDOWN_SECONDS": "60"])
            _ = try await ahn.call("one")
            for (from, to, calls) in [
                ("running", "stopping", 1), ("stopping", "rejecting", 1), ("rejecting", "stopped", 1),
            ] {
                try ahn.signal(SIGTERM)
                try await ahn.says(transition(from, to, calls))
            }
            try await ahn.wait("the call to be hung up") { ahn.state(of: "one") == "hungup" }
            try ahn.signal(SIGTERM)
            #expect(try await ahn.ends() == 1)
            #expect(ahn.messages.last == transition("stopped", "force_stopped", 0))
            #expect(Files.exists(ahn.pidFile))
        }
    }

    @Test func `TERM while it boots ends it at once with 1`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start(["FIXTURE_BOOT": "hang"], untilRunning: false)
            try await ahn.wait("its log") { Files.exists(ahn.logFile) }
            try ahn.signal(SIGTERM)
            #expect(try await ahn.ends() == 1)
            #expect(ahn.messages.last == transition("booting", "force_stopped", 0))
            #expect(Files.exists(ahn.pidFile))
        }
    }

    @Test func `without its telephony it is booting again, and one TERM is enough`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            _ = try await ahn.call("one")
            try ahn.setTelephony(up: false)
            try await ahn.says(transition("running", "booting", 1, "reset"))
            try ahn.signal(SIGTERM)
            #expect(try await ahn.ends() == 1)
            #expect(ahn.messages.last == transition("booting", "force_stopped", 1))
            #expect(ahn.state(of: "one") == "active", "nobody hangs up")
        }
    }

    @Test func `with its telephony back it runs`() async throws {
        try await withTelephonyFixture { ahn in
            try ahn.setTelephony(up: false)
            try await ahn.start(untilRunning: false)
            try await ahn.says("Adhearsion v2.6.4 initialized!")
            try ahn.setTelephony(up: true)
            try await ahn.says(transition("booting", "running", 0, "booted"))
        }
    }

    @Test func `ABRT ends it at once with 1, whatever it does`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            _ = try await ahn.call("one")
            try ahn.signal(SIGABRT)
            #expect(try await ahn.ends() == 1)
            #expect(ahn.messages.last == transition("running", "force_stopped", 1, "force_stop"))
            #expect(Files.exists(ahn.pidFile) && ahn.state(of: "one") == "active")
        }
    }

    @Test func `QUIT is not trapped: it dies where it stands`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            _ = try await ahn.call("one")
            let before = ahn.messages
            try ahn.signal(SIGQUIT)
            #expect(try await ahn.ends() == 128 + SIGQUIT)
            #expect(ahn.messages == before && ahn.state(of: "one") == "active")
            #expect(Files.exists(ahn.pidFile))
        }
    }

    @Test func `HUP opens the log anew`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            #expect(rename(ahn.logFile, "\(ahn.root)/log/old") == 0)
            try ahn.signal(SIGHUP)
            try await ahn.wait("a new log") { Files.exists(ahn.logFile) }
            try ahn.signal(SIGTERM)
            try await ahn.says(transition("running", "stopping", 0))
        }
    }

    @Test func `ALRM turns TRACE on, and the next one off`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            try ahn.signal(SIGALRM)
            try await ahn.says("TRACE is on")
            try await ahn.says("running with 0 active calls")
            try ahn.signal(SIGALRM)
            try await ahn.says("TRACE is off")
        }
    }

    @Test func `two TERMs at once may be one`() async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start()
            _ = try await ahn.call("one")
            // Stopped, so that both are surely pending together.
            try ahn.signal(SIGSTOP)
            let process = try #require(ahn.process)
            for _ in 0..<500 where !process.isStopped { await ahn.loop.sleep(.milliseconds(10)) }
            #expect(process.isStopped)
            try ahn.signal(SIGTERM)
            try ahn.signal(SIGTERM)
            try ahn.signal(SIGCONT)
            try await ahn.says(transition("running", "stopping", 1))
            #expect(try await ahn.call("two") == "active", "still stopping, not rejecting")
        }
    }

    @Test(arguments: [("2.5.2", "declined"), ("2.5.3", "active"), ("2.6.4", "active")])
    func `before 2_5_3 mod_rayo refused calls after the first TERM`(version: String, fate: String) async throws {
        try await withTelephonyFixture { ahn in
            try await ahn.start(["FIXTURE_VERSION": version, "FIXTURE_PLATFORM": "rayo"])
            _ = try await ahn.call("one")
            try ahn.signal(SIGTERM)
            try await ahn.says(transition("running", "stopping", 1))
            #expect(try await ahn.call("two") == fate)
        }
    }

    // MARK: Commands

    @Test func `start has no option for a pid file`() async throws {
        try await withTelephonyFixture { ahn in
            let result = try await ahn.run(["start", "--pid-file=x", "."])
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("--pid-file"))
        }
    }

    @Test func `daemon writes the pid of the process that stays`() async throws {
        try await withTelephonyFixture { ahn in
            #expect(try await ahn.run(["daemon", "--pid-file=\(ahn.root)/other.pid"]).succeeded)
            let pid = try #require(ahn.number(in: "\(ahn.root)/other.pid"))
            let process = try #require(FixtureProcess.read(pid))
            try await ahn.says("Transitioning from booting to running")
            process.signal(SIGTERM)
            try await ahn.wait("its end") { !process.isAlive }
            #expect(!Files.exists("\(ahn.root)/other.pid"))
            #expect(try await ahn.run(["daemon"]).succeeded)
            #expect(ahn.number(in: ahn.pidFile) != nil)
        }
    }

    @Test func `stop kills, without waiting for calls`() async throws {
        try await withTelephonyFixture { ahn in
            #expect(try await ahn.run(["daemon"]).succeeded)
            try await ahn.says("Transitioning from booting to running")
            let process = try #require(ahn.number(in: ahn.pidFile).flatMap { FixtureProcess.read($0) })
            _ = try await ahn.call("one")
            #expect(try await ahn.run(["stop"]).succeeded)
            try await ahn.wait("its end") { !process.isAlive }
            #expect(ahn.state(of: "one") == "active", "killed: nobody hung up")
            #expect(!ahn.messages.contains("Adhearsion shut down"))
        }
    }

    @Test func `the third generation has neither daemon nor pid file, and dumps on USR2`() async throws {
        try await withTelephonyFixture { ahn in
            let third = ["FIXTURE_VERSION": "3.0.0"]
            for command in ["daemon", "stop", "restart"] {
                #expect(try await ahn.run([command], third).status == .exited(1))
            }
            try await ahn.start(third)
            #expect(!Files.exists(ahn.pidFile))
            #expect(rename(ahn.logFile, "\(ahn.root)/log/old") == 0)
            try ahn.signal(SIGHUP)
            try ahn.signal(SIGUSR2)
            try await ahn.wait("a dump in the old file: HUP does nothing") {
                ((try? Files.read("\(ahn.root)/log/old")).map { String(decoding: $0, as: UTF8.self) } ?? "")
                    .contains("Thread MainThread")
            }
            #expect(!Files.exists(ahn.logFile))
        }
    }
}
