import Reactor
import Testing

/// Moments and distances.
@Suite struct InstantTests {
    @Test func `moments are compared and told apart`() {
        let early = Instant(nanoseconds: 5)
        let late = early + .nanoseconds(7)
        #expect(late == Instant(nanoseconds: 12))
        #expect(early < late && late > early)
        #expect(late - early == .nanoseconds(7))
        #expect(early - late == .nanoseconds(-7))
    }

    @Test func `a moment beyond the end of time is its end`() {
        #expect(Instant(nanoseconds: 1) + .seconds(Int64.max) == Instant(nanoseconds: .max))
        #expect(Instant(nanoseconds: .max) + .nanoseconds(1) == Instant(nanoseconds: .max))
        #expect(Instant(nanoseconds: 0) + .nanoseconds(Int64.max) == Instant(nanoseconds: .max))
        #expect(Instant(nanoseconds: .min) + .nanoseconds(-1) == Instant(nanoseconds: .min))
    }

    @Test(
        arguments: [
            (Duration.zero, 0), (.seconds(1), 1_000_000_000), (.milliseconds(-1500), -1_500_000_000),
            (.nanoseconds(1), 1), (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
            (.seconds(9_223_372_036), 9_223_372_036_000_000_000),
            (.seconds(9_223_372_037), .max), (.seconds(-9_223_372_037), .min),
            (Duration(secondsComponent: 9_223_372_036, attosecondsComponent: 999_999_999_000_000_000), .max),
            (Duration(secondsComponent: -9_223_372_036, attosecondsComponent: -999_999_999_000_000_000), .min),
        ] as [(Duration, Int64)]
    )
    func `a duration in nanoseconds is clamped`(duration: Duration, expected: Int64) {
        #expect(duration.inNanoseconds == expected)
    }

    @Test func `a duration in seconds`() {
        #expect(Duration.milliseconds(1500).inSeconds == 1.5)
    }

    @Test func `the clock does not go back`() {
        let first = Instant.now()
        #expect(first <= Instant.now())
        #expect(first.nanoseconds > 0)
    }
}
