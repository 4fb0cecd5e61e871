import Reactor

/// What a load has seen, so far or in the end. Times are since its start.
package struct Report: Sendable {
    package struct Sighting: Equatable, Sendable {
        package fileprivate(set) var count: Int
        package let first: Duration
        package fileprivate(set) var last: Duration
    }

    /// A failure told in full; the first few are kept.
    package struct Failure: Sendable, CustomStringConvertible {
        package let at: Duration
        package let stream: String
        package let outcome: Outcome
        package let detail: String

        package var description: String {
            "\(Report.text(at)) \(stream): \(outcome)" + (detail.isEmpty ? "" : " (\(detail))")
        }
    }

    private static let failuresKept = 20

    package private(set) var counts: [Outcome: Int] = [:]
    package private(set) var streams: [String: [Outcome: Int]] = [:]
    /// By release, of whole answers.
    package private(set) var versions: [String: Sighting] = [:]
    package private(set) var failures: [Failure] = []
    /// Kept connections that the server closed while they were idle: every server does.
    package internal(set) var idleClosed = 0
    /// Requests that were left out because the load itself was held up by its machine.
    package internal(set) var missed = 0
    package internal(set) var lasted: Duration = .zero
    /// The longest time between two good answers, whatever was asked in it.
    package private(set) var worstGap: Duration = .zero
    private var lastGood: Duration?
    /// Of requests that were answered; a load is bounded, so all of them are kept.
    private var latencies: [Int64] = []

    package init() {}

    // MARK: Reading

    package subscript(_ outcome: Outcome) -> Int { counts[outcome, default: 0] }
    package subscript(_ stream: String, _ outcome: Outcome) -> Int { streams[stream]?[outcome, default: 0] ?? 0 }

    package var total: Int { counts.values.reduce(0, +) }
    package var failed: Int { counts.reduce(0) { $0 + ($1.key.isFailure ? $1.value : 0) } }
    /// Those of `failed` that a busy machine brings by itself.
    package var slow: Int { counts.reduce(0) { $0 + ($1.key.isSlowness ? $1.value : 0) } }
    package func total(of stream: String) -> Int { streams[stream]?.values.reduce(0, +) ?? 0 }

    package var worst: Duration? { latencies.max().map { .nanoseconds($0) } }

    /// The latency that so much of the answers did not exceed (nearest rank).
    package func percentile(_ percent: Double) -> Duration? {
        guard !latencies.isEmpty else { return nil }
        let rank = Int((percent / 100 * Double(latencies.count)).rounded(.up))
        return .nanoseconds(latencies.sorted()[max(0, min(latencies.count, rank) - 1)])
    }

    // MARK: Counting

    mutating func count(
        _ outcome: Outcome,
        stream: String,
        version: String?,
        latency: Duration?,
        at: Duration,
        detail: String
    ) {
        counts[outcome, default: 0] += 1
        streams[stream, default: [:]][outcome, default: 0] += 1
        if let version {
            versions[version, default: Sighting(count: 0, first: at, last: at)].count += 1
            versions[version]?.last = at
        }
        if let latency { latencies.append(latency.inNanoseconds) }
        if outcome == .ok {
            worstGap = max(worstGap, at - (lastGood ?? at))
            lastGood = at
        }
        if outcome.isFailure, failures.count < Self.failuresKept {
            failures.append(Failure(at: at, stream: stream, outcome: outcome, detail: detail))
        }
    }
}

extension Report: CustomStringConvertible {
    /// `0 of 1,940 failed, worst 41 ms`, and what there is to say beyond that.
    package var description: String {
        var text = "\(Self.text(failed)) of \(Self.text(total)) failed"
        let kinds = counts.filter(\.key.isFailure).sorted { ($1.value, "\($0.key)") < ($0.value, "\($1.key)") }
        if !kinds.isEmpty { text += " (" + kinds.map { "\(Self.text($1)) \($0)" }.joined(separator: ", ") + ")" }
        if let worst { text += ", worst \(Self.text(worst))" }
        if self[.keptConnectionClosed] > 0 {
            text += ", \(Self.text(self[.keptConnectionClosed])) kept connections closed under a request"
        }
        return text
    }

    /// Everything, for the message of a test that failed.
    package var details: String {
        var lines = [description]
        for (version, seen) in versions.sorted(by: { $0.value.first < $1.value.first }) {
            lines.append(
                "release \(version): \(Self.text(seen.count)) answers, \(Self.text(seen.first)) to \(Self.text(seen.last))"
            )
        }
        for (name, counts) in streams.sorted(by: { $0.key < $1.key }) {
            let kinds = counts.sorted { $1.value < $0.value }.map { "\(Self.text($1)) \($0)" }
            lines.append("\(name): " + kinds.joined(separator: ", "))
        }
        if let half = percentile(50), let most = percentile(99) {
            lines.append("half within \(Self.text(half)), 99 % within \(Self.text(most))")
        }
        if missed > 0 { lines.append("\(Self.text(missed)) left out: the load itself was held up") }
        return (lines + failures.map(\.description)).joined(separator: "\n")
    }

    static func text(_ duration: Duration) -> String {
        let milliseconds = (duration.inNanoseconds + 500_000) / 1_000_000
        if milliseconds < 10_000 { return "\(milliseconds) ms" }
        return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }

    /// With commas: 1,940.
    static func text(_ number: Int) -> String {
        var digits = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { digits.append(",") }
            digits.append(digit)
        }
        return String(digits.reversed())
    }
}
