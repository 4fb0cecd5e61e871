import Events
import Testing

/// The stream that every report reads.
@Suite struct EventStreamTests {
    private final class Recorder: EventObserver {
        var events: [Event] = []
        func observe(_ event: Event) { events.append(event) }
    }

    @Test func `events are numbered from one and get the time of their moment`() {
        var now: Int64 = 0
        let recorder = Recorder()
        let stream = EventStream(
            run: "r7",
            clock: {
                now += 1_000_000
                return Timestamp(nanosecondsSince1970: now)
            },
            observers: [recorder]
        )
        stream.emit(.runStarted(command: "exec", hosts: 2))
        stream.emit(.hostConnecting(attempt: 1), host: "web1")
        stream.emit(.warning("odd"))
        #expect(recorder.events.map(\.sequence) == [1, 2, 3])
        #expect(recorder.events.map(\.at.nanosecondsSince1970) == [1_000_000, 2_000_000, 3_000_000])
        #expect(recorder.events.map(\.host) == [nil, "web1", nil])
        #expect(recorder.events.allSatisfy { $0.run == "r7" })
        #expect(recorder.events[2].kind == .warning("odd"))
    }

    @Test func `every observer sees every event, in the order they were given in`() {
        final class Named: EventObserver {
            let name: String
            let note: (String) -> Void
            init(_ name: String, _ note: @escaping (String) -> Void) {
                self.name = name
                self.note = note
            }
            func observe(_ event: Event) { note("\(name)\(event.sequence)") }
        }
        var seen: [String] = []
        let note = { (text: String) in seen.append(text) }
        let stream = EventStream(
            run: "r",
            clock: { Timestamp(nanosecondsSince1970: 0) },
            observers: [Named("a", note), Named("b", note)]
        )
        stream.emit(.runStopping)
        stream.emit(.runCancelling)
        #expect(seen == ["a1", "b1", "a2", "b2"])
    }
}
