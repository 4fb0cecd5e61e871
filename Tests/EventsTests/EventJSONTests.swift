import Events
import Testing

/// What `-o jsonl` and `-o json` say, exactly.
@Suite struct EventJSONTests {
    private func line(_ kind: Event.Kind, host: String? = nil, secrets: [String] = []) -> String {
        Event(sequence: 4, run: "r", at: Timestamp(nanosecondsSince1970: 0), host: host, kind: kind)
            .json(Redactor(secrets)).line
    }

    private static let head =
        #"{"schema":"baton.event/1","run":"r","sequence":4,"at":"1970-01-01T00:00:00.000Z","type":"#

    @Test(arguments: [
        (Event.Kind.runStarted(command: "exec", hosts: 2), #""run.started","command":"exec","hosts":2}"#),
        (.hostConnecting(attempt: 1), #""host.connecting","attempt":1}"#),
        (
            .hostRetrying(attempt: 2, milliseconds: 5, reason: "refused"),
            #""host.retrying","attempt":2,"delay_ms":5,"reason":"refused"}"#
        ),
        (.hostConnected(milliseconds: 7), #""host.connected","duration_ms":7}"#),
        (.hostKeyAccepted(fingerprint: "f"), #""host.key_accepted","fingerprint":"f"}"#),
        (.hostOutput(stream: "stdout", text: "a\n"), #""host.output","stream":"stdout","text":"a\n"}"#),
        (
            .taskStarted(number: 2, name: "n", kind: "run"),
            #""task.started","number":2,"name":"n","kind":"run"}"#
        ),
        (
            .taskFinished(TaskResult(number: 2, name: "n", kind: "run", phase: "run", status: .skipped)),
            #""task.finished","task":{"number":2,"name":"n","kind":"run","phase":"run","status":"skipped","#
                + #""changes":[],"duration_ms":0}}"#
        ),
        (
            .hostFinished(HostResult(host: "a", status: .untouched, touched: false)),
            #""host.finished","result":{"host":"a","status":"untouched"}}"#
        ),
        (
            .handover(
                service: "web",
                .state("draining", meaning: "m", milliseconds: 900, oldWorkers: 2, newWorkers: nil)
            ),
            #""handover.state","service":"web","state":"draining","meaning":"m","after_ms":900,"old_workers":2}"#
        ),
        (.handover(service: "web", .newMaster(pid: 17)), #""handover.new_master","service":"web","pid":17}"#),
        (
            .handover(service: "web", .signal("USR2", pid: 100, purpose: "upgrade")),
            #""handover.signal","service":"web","signal":"USR2","pid":100,"purpose":"upgrade"}"#
        ),
        (
            .handover(service: "web", .note(.linkLost, "gone")),
            #""handover.note","service":"web","note":"link_lost","message":"gone"}"#
        ),
        (
            .handover(
                service: "web",
                .finished(.init(.undone, message: "m", touched: true, probes: 9, badProbes: 1, milliseconds: 5))
            ),
            #""handover.finished","service":"web","outcome":"undone","message":"m","touched":true,"probes":9,"#
                + #""bad_probes":1,"duration_ms":5}"#
        ),
        (.runStopping, #""run.stopping"}"#), (.runCancelling, #""run.cancelling"}"#),
        (.warning("w"), #""warning","message":"w"}"#),
        (
            .runFinished(RunResult(run: "r", command: "exec", hosts: [], interrupted: false)),
            #""run.finished","result":{"schema":"baton.result/1","run":"r","command":"exec","outcome":"ok","exit":0,"#
                + #""touched":0,"releases":{},"hosts":[]}}"#
        ),
    ])
    func `every event is one line`(kind: Event.Kind, expected: String) {
        #expect(line(kind) == Self.head + expected)
    }

    @Test func `an event of a host names it before what it says`() {
        #expect(line(.warning("w"), host: "a\"b") == Self.head + #""warning","host":"a\"b","message":"w"}"#)
    }

    @Test func `an answer with everything in it`() {
        #expect(
            Samples.execution.json(Redactor()).line == #"{"host":"web1","status":"failed","exit":3,"stdout":"hi"#
                + "\u{fffd}" + #"\n","stderr":"oh hunter22\n","stdout_base64":"aGn/Cg==","stdout_dropped":7,"#
                + #""stderr_dropped":8,"duration_ms":12,"error":{"kind":"exit_status","message":"hunter22 failed","#
                + #""hint":"look at hunter22"}}"#
        )
    }

    @Test func `a task with everything in it`() {
        #expect(
            Samples.ranTask.json(Redactor()).line == #"{"number":3,"name":"warm hunter22","kind":"run","phase":"run","#
                + #""status":"failed","changes":[],"note":"note hunter22","exit":3,"stdout":"hi"# + "\u{fffd}"
                + #"\n","stderr":"oh hunter22\n","stdout_base64":"aGn/Cg==","stdout_dropped":7,"stderr_dropped":8,"#
                + #""duration_ms":31,"error":{"kind":"exit_status","message":"hunter22 failed","#
                + #""hint":"look at hunter22"}}"#
        )
        #expect(
            Samples.planned.json(Redactor(["hunter22"])).line
                == #"{"host":"web9","status":"changed","tasks":[{"number":1,"name":"motd","kind":"file","#
                + #""phase":"stage","status":"changed","planned":true,"changes":["content","mode (secret)"],"#
                + #""diff":"-old\n+(secret)\n","duration_ms":0}],"digest":"sha256:0123"}"#
        )
    }

    @Test func `an end that nobody saw is null, and absent things are absent`() {
        #expect(
            Samples.lost.json(Redactor()).line
                == #"{"host":"web2","status":"failed","exit":null,"stdout":"","stderr":""#
                + "\u{fffd}\u{fffd}" + #"","stderr_base64":"gIE=","duration_ms":0,"#
                + #""error":{"kind":"link_lost","message":"the link broke"}}"#
        )
        #expect(Samples.facts.json(Redactor()).line.hasSuffix(#""facts":{"os":"debian","hostname":"hunter22"}}"#))
    }

    @Test(
        arguments: [
            ([0xff], "/w=="), ([0xff, 0xfe], "//4="), ([0xff, 0xfe, 0xfd], "//79"), ([0xff, 0, 0, 0], "/wAAAA=="),
        ] as [([UInt8], String)]
    )
    func `bytes that are no text travel as base64`(bytes: [UInt8], expected: String) {
        var result = HostResult(host: "a", status: .ok, touched: true)
        result.execution = HostResult.Execution(exit: 0, stdout: bytes, stderr: [])
        let json = result.json(Redactor())
        #expect(json["stdout_base64"] == .string(expected))
        #expect(json["stderr_base64"] == nil)
    }

    @Test func `no secret is in any line`() {
        let redactor = Redactor(["hunter22"])
        for event in Samples.events { #expect(!event.json(redactor).line.contains("hunter22")) }
        for event in Samples.events where event.json(Redactor()).line.contains("hunter22") {
            #expect(event.json(redactor).line.contains("(secret)"))
        }
    }
}
