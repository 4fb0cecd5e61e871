import CSystem

/// A moment on the clock that goes on while the machine sleeps. Only `Loop` and the shells around pure values read it;
/// whatever holds a rule is told the time.
package struct Instant: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func now() -> Instant { Instant(nanoseconds: baton_uptime_nanoseconds()) }

    package static func < (one: Instant, other: Instant) -> Bool { one.nanoseconds < other.nanoseconds }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.inNanoseconds)
        return Instant(nanoseconds: overflow ? (sum < 0 ? .max : .min) : sum)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds, clamped: nobody waits three hundred years.
    package var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, again) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return again ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds as a number for reports.
    package var inSeconds: Double { Double(inNanoseconds) / 1e9 }
}
