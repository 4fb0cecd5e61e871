import Reactor
import TestLoad
import Testing

/// The rules by which a request is judged, without sockets or clocks.
@Suite struct ExchangeTests {
    private let start = Instant(nanoseconds: 1_000_000_000)
    private func at(_ milliseconds: Int) -> Instant { start + .milliseconds(milliseconds) }
    private func rule(_ allowed: Set<String>? = ["1"]) -> VersionRule { VersionRule(allowed, from: start) }

    private func exchange(
        _ request: Request = .get("/"),
        reused: Bool = false,
        _ change: (inout Exchange.Limits) -> Void = { _ in }
    ) -> Exchange {
        var limits = Exchange.Limits()
        change(&limits)
        var exchange = Exchange(request, due: start, limits: limits, isReused: reused)
        exchange.begin(at: at(0))
        exchange.wrote(at: at(1))
        return exchange
    }

    private func answer(_ body: String = "hello", version: String = "1", status: Int = 200) -> [UInt8] {
        let text = "HTTP/1.1 \(status) X\r\nX-Release: \(version)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        return Array(text.utf8)
    }

    @Test func `a whole answer of an allowed release is ok`() {
        var exchange = exchange()
        let bytes = answer()
        #expect(exchange.received(bytes.prefix(20), at: at(5), rule()) == nil)
        #expect(exchange.version == nil)
        #expect(exchange.received(bytes.dropFirst(20), at: at(9), rule()) == .ok)
        #expect(exchange.version == "1")
    }

    @Test func `another status, release or text is a failure of its own`() {
        var (status, version, none, text) = (exchange(), exchange(), exchange(), exchange(.get("/", expects: "bye")))
        #expect(status.received(answer(version: "2", status: 503), at: at(5), rule()) == .badStatus(503))
        #expect(version.received(answer(version: "2"), at: at(5), rule()) == .wrongVersion)
        #expect(version.detail == "answered by release 2")
        #expect(none.received(Array("HTTP/1.1 204 X\r\n\r\n".utf8), at: at(5), rule()) == .wrongVersion)
        #expect(none.detail == "the answer names no release")
        #expect(text.received(answer(), at: at(5), rule()) == .wrongBody)
    }

    @Test func `a good answer after the limit is late, counted from when it was due`() {
        var (late, early) = (exchange { $0.late = .milliseconds(10) }, exchange { $0.late = .milliseconds(10) })
        #expect(late.received(answer(), at: at(11), rule()) == .late)
        #expect(early.received(answer(), at: at(10), rule()) == .ok)
    }

    @Test func `what is no HTTP is malformed`() {
        var exchange = exchange()
        #expect(exchange.received(Array("SSH-2.0-x\r\n".utf8), at: at(5), rule()) == .malformed)
        #expect(exchange.detail == "no status line")
    }

    @Test func `before the first byte of a fresh connection a reset and an end differ`() {
        var (reset, closed) = (exchange(), exchange())
        #expect(reset.ended(.reset, at: at(2), rule()) == .reset)
        #expect(closed.ended(.closed, at: at(2), rule()) == .emptyReply)
    }

    @Test func `inside an answer a reset and an end differ, on a kept connection too`() {
        for reused in [false, true] {
            var (reset, closed) = (exchange(reused: reused), exchange(reused: reused))
            _ = reset.received(answer().dropLast(), at: at(2), rule())
            _ = closed.received(answer().dropLast(), at: at(2), rule())
            #expect(reset.ended(.reset, at: at(3), rule()) == .resetInAnswer)
            #expect(closed.ended(.closed, at: at(3), rule()) == .truncated)
        }
    }

    @Test func `an end is the end of an answer without a length`() {
        var exchange = exchange()
        _ = exchange.received(Array("HTTP/1.1 200 OK\r\nX-Release: 1\r\n\r\nhi".utf8), at: at(2), rule())
        #expect(exchange.ended(.closed, at: at(3), rule()) == .ok)
    }

    @Test func `a kept connection that goes away under a request is counted apart`() {
        var (reset, closed) = (exchange(reused: true), exchange(reused: true))
        #expect(reset.ended(.reset, at: at(5000), rule()) == .keptConnectionClosed)
        #expect(closed.ended(.closed, at: at(101), rule()) == .keptConnectionClosed)
    }

    @Test func `but not when the server had read the request, nor for what cannot be sent again`() {
        var (late, upload) = (exchange(reused: true), exchange(.upload(bytes: 9, over: .zero), reused: true))
        #expect(late.ended(.closed, at: at(102), rule()) == .emptyReply)
        #expect(upload.ended(.reset, at: at(2), rule()) == .reset)
    }

    @Test func `a request is judged by every rule that held while it was on its way`() {
        var rule = VersionRule(["1"], from: at(0))
        rule.allow(["1", "2"], from: at(100))
        rule.allow(["2"], from: at(200))
        let cases: [(String?, Int, Int, Bool)] = [
            ("1", 10, 20, true), ("2", 10, 20, false), ("2", 90, 110, true), ("1", 190, 210, true),
            ("1", 200, 210, false), ("2", 200, 210, true), (nil, 10, 20, false), ("3", 10, 210, false),
        ]
        for (version, sent, answered, expected) in cases {
            let permitted = rule.permits(version, sent: at(sent), answered: at(answered))
            #expect(permitted == expected, "\(version ?? "none") from \(sent) to \(answered)")
        }
        #expect(VersionRule(nil, from: at(0)).permits(nil, sent: at(1), answered: at(2)))
    }
}
