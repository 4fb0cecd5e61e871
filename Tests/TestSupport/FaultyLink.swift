package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A TCP proxy on loopback that does to a connection what networks do. Confined to its loop; every copy is bounded.
package final class FaultyLink: Handler, @unchecked Sendable {
    // Unchecked: made, changed and told of readiness on its loop only, as `Loop` checks where it matters.

    package enum Direction: Sendable, CaseIterable {
        case toServer
        case toClient
    }

    /// What happens to a connection. Counts are of bytes from the server, over all connections.
    package enum Fault: Sendable {
        case none
        /// The connection is cut when this many bytes have passed.
        case cutAfter(Int)
        /// The same, but both sides are told with a reset instead of an end.
        case resetAfter(Int)
        /// The connection is cut behind the first place where these bytes pass in that direction.
        case cutBehind([UInt8], Direction)
        /// Accepted, and then nothing: no byte passes in either direction.
        case silence
        /// The first bytes of a connection pass, then nothing more does; the connection stays.
        case silenceAfter(Int)
        /// Half open: what goes in this direction is lost, the other one works.
        case loses(Direction)
        /// Bytes go one by one, each in a packet of its own.
        case trickle
        /// Instead of a server: says this and hangs up.
        case says(String)
        /// The listener's queue is full: the kernel drops whoever wants to connect, as a firewall would.
        case full
    }

    /// How far away the other side is; the same both ways.
    package struct Conditions: Sendable {
        /// Added to each byte's way.
        package var latency: Duration
        /// Bytes per second; nil is as many as there are.
        package var bandwidth: Int?

        package init(latency: Duration = .zero, bandwidth: Int? = nil) {
            self.latency = latency
            self.bandwidth = bandwidth
        }
    }

    package let port: UInt16
    let loop: Loop
    private let listener: Int32
    private let target: (address: String, port: UInt16)
    private var fault: Fault
    private(set) var conditions: Conditions
    private var registration: Registration?
    private var pipes: [LinkPipe] = []
    package private(set) var connections = 0
    /// Connections that are there now.
    package var standing: Int { pipes.count }
    /// Passed from server to client over all connections.
    package private(set) var passed = 0
    /// How often the client spoke after the server had: round trips, counted without a clock.
    package private(set) var turns = 0
    private var serverSpokeLast = true
    private var fillers: [Int32] = []

    package init(
        to target: UInt16,
        at address: String = "127.0.0.1",
        _ fault: Fault = .none,
        _ conditions: Conditions = Conditions(),
        on loop: Loop
    ) throws {
        self.loop = loop
        self.target = (address, target)
        self.fault = fault
        self.conditions = conditions
        if case .full = fault {
            (listener, port) = try LinkSocket.listen(backlog: 0)
            let port = port
            fillers = (0..<2).compactMap { _ in LinkSocket.connect("127.0.0.1", port) }
        } else {
            (listener, port) = try LinkSocket.listen(backlog: 64)
            registration = try loop.register(listener, .read, self)
        }
    }

    /// From now on for every connection, also those that stand.
    package func set(_ fault: Fault) { self.fault = fault }
    package func set(_ conditions: Conditions) { self.conditions = conditions }

    /// Cuts what stands.
    package func cut() { end(.cut) }
    /// Resets what stands.
    package func reset() { end(.reset) }

    private func end(_ end: LinkPipe.End) {
        for pipe in pipes { pipe.close(end) }
        pipes = []
    }

    package func close() {
        cut()
        if let registration { loop.unregister(registration) }
        registration = nil
        for fd in fillers + [listener] { LinkSocket.close(fd) }
    }

    package func ready(_ readiness: Readiness) {
        guard let client = LinkSocket.accept(listener) else { return }
        connections += 1
        if case .says(let text) = fault {
            let bytes = Array(text.utf8)
            _ = LinkSocket.send(client, bytes[...])
            LinkSocket.close(client)
            return
        }
        guard let server = LinkSocket.connect(target.address, target.port) else {
            LinkSocket.close(client)
            return
        }
        if let pipe = try? LinkPipe(self, client, server) { pipes.append(pipe) }
    }

    // MARK: What pipes ask

    /// How many bytes of a chunk may pass, and how the connection ends behind them.
    func allowance(_ bytes: ArraySlice<UInt8>, behind tail: [UInt8], _ direction: Direction) -> (Int, LinkPipe.End?) {
        if case .cutBehind(let marker, direction) = fault {
            guard let end = Self.end(of: marker, in: tail + bytes) else { return (bytes.count, nil) }
            return (max(0, end - tail.count), .cut)
        }
        switch (fault, direction) {
        case (.silence, _): return (0, nil)
        case (.loses(direction), _): return (0, nil)
        case (.cutAfter(let limit), .toClient): return within(limit, bytes.count, .cut)
        case (.resetAfter(let limit), .toClient): return within(limit, bytes.count, .reset)
        case (.silenceAfter(let limit), .toClient): return (within(limit, bytes.count, .cut).0, nil)
        default: return (bytes.count, nil)
        }
    }

    private func within(_ limit: Int, _ count: Int, _ end: LinkPipe.End) -> (Int, LinkPipe.End?) {
        (max(0, min(count, limit - passed)), passed + count >= limit ? end : nil)
    }

    /// Where the first place that reads like `marker` ends.
    static func end(of marker: [UInt8], in bytes: [UInt8]) -> Int? {
        guard !marker.isEmpty, bytes.count >= marker.count else { return nil }
        return (marker.count...bytes.count).first { bytes[($0 - marker.count)..<$0].elementsEqual(marker) }
    }

    /// How much of what has passed may be the beginning of a marker.
    var markerMemory: Int { if case .cutBehind(let marker, _) = fault { marker.count - 1 } else { 0 } }
    var isTrickling: Bool { if case .trickle = fault { true } else { false } }

    func spoke(_ direction: Direction, passing count: Int) {
        if direction == .toServer, serverSpokeLast { turns += 1 }
        serverSpokeLast = direction == .toClient
        if direction == .toClient { passed += count }
    }
    func ended(_ pipe: LinkPipe) { pipes.removeAll { $0 === pipe } }
}
