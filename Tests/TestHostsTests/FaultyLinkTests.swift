import Reactor
import Testing

@testable import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// That the proxy does to bytes what it says, and nothing else.
@Suite struct FaultyLinkTests {
    /// One end of a connection: collects what comes and how it ends, and answers if it is told to.
    private final class End: Handler {
        private let fd: Int32
        private let loop: Loop
        private let answer: ((ArraySlice<UInt8>) -> [UInt8])?
        private var registration: Registration?
        private var unsent: [UInt8] = []
        private(set) var received: [UInt8] = []
        /// 0 for an end, -errno for anything worse; nil as long as it stands.
        private(set) var ended: Int?

        init(_ fd: Int32, on loop: Loop, answer: ((ArraySlice<UInt8>) -> [UInt8])? = nil) throws {
            self.fd = fd
            self.loop = loop
            self.answer = answer
            registration = try loop.register(fd, [.read, .write], self)
        }

        func send(_ bytes: [UInt8]) {
            unsent += bytes
            flush()
        }

        private func flush() {
            while !unsent.isEmpty {
                let sent = LinkSocket.send(fd, unsent[...])
                guard sent > 0 else { break }
                unsent.removeFirst(sent)
            }
            if let registration { try? loop.update(registration, unsent.isEmpty ? .read : [.read, .write]) }
        }

        func ready(_ readiness: Readiness) {
            flush()
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            let count = LinkSocket.receive(fd, &buffer)
            if count == -Int(EAGAIN) { return }
            guard count > 0 else {
                ended = count
                close()
                return
            }
            received += buffer[..<count]
            if let answer { send(answer(buffer[..<count])) }
        }

        func close() {
            guard let registration else { return }
            loop.unregister(registration)
            self.registration = nil
            LinkSocket.close(fd)
        }
    }

    /// Takes connections and answers on them.
    private final class Server: Handler {
        let port: UInt16
        private let listener: Int32
        private let loop: Loop
        private let answer: (ArraySlice<UInt8>) -> [UInt8]
        private var registration: Registration?
        private(set) var ends: [End] = []

        init(on loop: Loop, answer: @escaping (ArraySlice<UInt8>) -> [UInt8]) throws {
            (listener, port) = try LinkSocket.listen(backlog: 8)
            self.loop = loop
            self.answer = answer
            registration = try loop.register(listener, .read, self)
        }

        func ready(_ readiness: Readiness) {
            guard let fd = LinkSocket.accept(listener) else { return }
            if let end = try? End(fd, on: loop, answer: answer) { ends.append(end) }
        }

        func close() {
            for end in ends { end.close() }
            if let registration { loop.unregister(registration) }
            LinkSocket.close(listener)
        }
    }

    private struct Parts {
        let loop: Loop
        let link: FaultyLink
        let server: Server
        let client: End

        func until(_ isTrue: () -> Bool) async throws {
            let end = loop.now + .seconds(60)
            while !isTrue() {
                guard loop.now < end else { throw SystemError(code: ETIMEDOUT, doing: "see what the link should do") }
                await loop.sleep(.milliseconds(2))
            }
        }
    }

    /// A client, the link and an echo, or a server that answers otherwise.
    private func linked(
        _ fault: FaultyLink.Fault = .none,
        _ conditions: FaultyLink.Conditions = .init(),
        answer: @escaping @Sendable (ArraySlice<UInt8>) -> [UInt8] = { Array($0) },
        _ body: @escaping @Sendable (Parts) async throws -> Void
    ) async throws {
        try await withLoop { loop in
            let server = try Server(on: loop, answer: answer)
            defer { server.close() }
            let link = try FaultyLink(to: server.port, fault, conditions, on: loop)
            defer { link.close() }
            let client = try End(LinkSocket.connect("127.0.0.1", link.port)!, on: loop)
            defer { client.close() }
            try await body(Parts(loop: loop, link: link, server: server, client: client))
        }
    }

    @Test func `without a fault every byte arrives, however many there are`() async throws {
        try await linked { parts in
            let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
            parts.client.send(bytes)
            try await parts.until { parts.client.received.count >= bytes.count }
            #expect(parts.client.received == bytes)
            #expect(parts.link.passed == bytes.count)
        }
    }

    @Test func `latency is added on both ways`() async throws {
        try await linked(.none, .init(latency: .milliseconds(40))) { parts in
            for turn in 1...3 {
                let sent = parts.loop.now
                parts.client.send([1])
                try await parts.until { parts.client.received.count == turn }
                // Never less; how much more is the machine's own affair.
                #expect(parts.loop.now - sent >= .milliseconds(80))
            }
        }
    }

    @Test func `bandwidth bounds how fast bytes come`() async throws {
        let bytes = [UInt8](repeating: 7, count: 100_000)
        try await linked(.none, .init(bandwidth: 500_000), answer: { _ in bytes }) { parts in
            let sent = parts.loop.now
            parts.client.send([1])
            try await parts.until { parts.client.received.count == bytes.count }
            #expect(parts.loop.now - sent >= .milliseconds(200))
        }
    }

    @Test func `a cut link passes so many bytes and ends`() async throws {
        try await linked(.cutAfter(1000), answer: { _ in [UInt8](repeating: 7, count: 5000) }) { parts in
            parts.client.send([1])
            try await parts.until { parts.client.ended != nil }
            #expect(parts.client.received.count == 1000)
            #expect(parts.client.ended == 0)
        }
    }

    @Test func `a reset link tells both sides so`() async throws {
        try await linked { parts in
            parts.client.send([1])
            try await parts.until { parts.client.received == [1] }
            parts.link.reset()
            try await parts.until { parts.client.ended != nil && parts.server.ends[0].ended != nil }
            #expect(parts.client.ended == -Int(ECONNRESET))
            #expect(parts.server.ends[0].ended == -Int(ECONNRESET))
        }
        try await linked(.resetAfter(10), answer: { _ in [UInt8](repeating: 7, count: 5000) }) { parts in
            parts.client.send([1])
            try await parts.until { parts.client.ended != nil }
            #expect(parts.client.ended == -Int(ECONNRESET))
        }
    }

    @Test(arguments: FaultyLink.Direction.allCases)
    func `a link is cut behind a marker, also one that comes in pieces`(_ direction: FaultyLink.Direction) async throws
    {
        try await linked(.cutBehind(Array("MARKER".utf8), direction)) { parts in
            parts.client.send(Array("before MARMAR".utf8))
            try await parts.until { parts.client.received.count == 13 }
            parts.client.send(Array("KER after".utf8))
            try await parts.until { parts.client.ended != nil && parts.server.ends[0].ended != nil }
            let side = direction == .toServer ? parts.server.ends[0] : parts.client
            #expect(String(decoding: side.received, as: UTF8.self) == "before MARMARKER")
        }
    }

    @Test func `a half-open link loses one direction and keeps the other`() async throws {
        try await linked { parts in
            parts.client.send([1])
            try await parts.until { parts.client.received == [1] }
            parts.link.set(.loses(.toClient))
            parts.client.send([2])
            try await parts.until { parts.server.ends[0].received == [1, 2] }
            parts.link.set(.loses(.toServer))
            parts.client.send([3])
            parts.server.ends[0].send([4])
            // The answer to 2 is lost; what the server says by itself arrives, and 3 does not.
            try await parts.until { parts.client.received == [1, 4] }
            parts.link.set(.none)
            parts.client.send([5])
            try await parts.until { parts.client.received == [1, 4, 5] }
            #expect(parts.server.ends[0].received == [1, 2, 5])
            #expect(parts.client.ended == nil)
        }
    }

    @Test func `a silent link loses everything and stands`() async throws {
        try await linked { parts in
            parts.client.send([1])
            try await parts.until { parts.client.received == [1] }
            parts.link.set(.silence)
            parts.client.send([2])
            parts.server.ends[0].send([3])
            // Both have gone by when something behind them arrives.
            await parts.loop.sleep(.milliseconds(50))
            parts.link.set(.none)
            parts.client.send([4])
            try await parts.until { parts.client.received.contains(4) }
            #expect(parts.client.received == [1, 4])
            #expect(parts.server.ends[0].received == [1, 4])
        }
    }
}
