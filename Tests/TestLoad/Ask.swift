package import Reactor

/// What one request brought.
package struct Answer: Sendable {
    package let outcome: Outcome
    package let status: Int
    package let version: String?
    package let body: String
}

extension Loop {
    /// One request on a connection of its own. Call on the loop.
    package func ask(
        _ target: Target,
        _ request: Request = .get("/"),
        limits: Exchange.Limits = Exchange.Limits()
    ) async -> Answer {
        preconditionOnLoop()
        return await withCheckedContinuation { continuation in
            let any = VersionRule(nil, from: now)
            let connection = Connection(target, keeps: false, on: self, rule: { any }) { _, exchange, outcome in
                continuation.resume(
                    returning: Answer(
                        outcome: outcome,
                        status: exchange.parser.head.status,
                        version: exchange.version,
                        body: String(decoding: exchange.parser.body, as: UTF8.self)
                    )
                )
            }
            connection.send(request, due: now, limits)
        }
    }
}
