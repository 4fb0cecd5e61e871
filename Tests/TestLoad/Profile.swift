import Reactor

/// Requests of one kind at an even pace.
package struct Stream: Sendable {
    package enum Reuse: Sendable {
        /// Every request on a connection of its own.
        case fresh
        /// Up to so many connections are kept, the longest idle one is used first, so that all of them know idleness.
        case kept(Int)
        /// So many connections stand all the time, each used in its turn; one that the server ends is made anew.
        case standing(Int)
    }

    /// What reports call it.
    package var name: String
    package var request: Request
    package var perSecond: Double
    package var reuse: Reuse
    package var limits = Exchange.Limits()

    package init(_ name: String, _ request: Request, perSecond: Double, _ reuse: Reuse = .fresh) {
        self.name = name
        self.request = request
        self.perSecond = perSecond
        self.reuse = reuse
    }

    package static func fresh(perSecond: Double, _ path: String = "/") -> Stream {
        Stream("fresh", .get(path), perSecond: perSecond)
    }

    package static func kept(_ connections: Int, perSecond: Double, _ path: String = "/") -> Stream {
        Stream("kept", .get(path), perSecond: perSecond, .kept(connections))
    }

    package static func standing(_ connections: Int, perSecond: Double, _ path: String = "/") -> Stream {
        Stream("standing", .get(path), perSecond: perSecond, .standing(connections))
    }

    /// Requests that the server takes so many seconds for.
    package static func slow(seconds: Double, perSecond: Double) -> Stream {
        var stream = Stream("slow", .get("/slow?seconds=\(seconds)"), perSecond: perSecond)
        stream.limits.late += .seconds(seconds)
        stream.limits.answer += .seconds(seconds)
        return stream
    }

    /// Bodies that take so long to send.
    package static func uploads(bytes: Int = 64 << 10, over time: Duration, perSecond: Double) -> Stream {
        var stream = Stream("upload", .upload(bytes: bytes, over: time), perSecond: perSecond)
        stream.limits.late += time
        stream.limits.answer += time
        return stream
    }
}

/// All that a load does, in bounds that it cannot leave.
package struct Profile: Sendable {
    package static let mostPerSecond = 400.0
    package static let longest: Duration = .seconds(3 * 3600)
    package static let mostConnections = 1000

    package var streams: [Stream]
    /// After this the load sends nothing more, stopped or not.
    package var longest: Duration = .seconds(300)
    /// What more would be needed is counted as `unsent`.
    package var mostConnections = 500

    package init(_ streams: [Stream]) { self.streams = streams }

    /// Fresh and kept connections half and half, with slow requests and uploads always on their way.
    package static func mixed(perSecond: Double = 200, slow seconds: Double = 2) -> Profile {
        Profile([
            .fresh(perSecond: perSecond / 2 - 2),
            .kept(20, perSecond: perSecond / 2 - 2),
            .slow(seconds: seconds, perSecond: 2),
            .uploads(over: .seconds(seconds), perSecond: 2),
        ])
    }

    package func check() throws(LoadError) {
        let rate = streams.reduce(0) { $0 + $1.perSecond }
        guard !streams.isEmpty, streams.allSatisfy({ $0.perSecond > 0 }), rate <= Self.mostPerSecond else {
            throw LoadError("\(rate) requests a second: a load has a rate, and at most \(Self.mostPerSecond)")
        }
        guard longest > .zero, longest <= Self.longest else {
            throw LoadError("a load of \(longest): at most \(Self.longest)")
        }
        guard mostConnections > 0, mostConnections <= Self.mostConnections else {
            throw LoadError("\(mostConnections) connections: at most \(Self.mostConnections)")
        }
    }
}
