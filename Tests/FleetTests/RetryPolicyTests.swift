import Testing

@testable import Fleet

/// How often and after which pause.
@Suite struct RetryPolicyTests {
    @Test(arguments: [
        (2, 0.0, 250), (2, 0.5, 500), (2, 1.0, 750), (3, 0.0, 500), (3, 0.5, 1000), (4, 0.5, 2000), (4, 1.0, 3000),
    ])
    func `pauses double, and chance spreads them by half`(next: Int, chance: Double, milliseconds: Int) {
        #expect(RetryPolicy().pause(before: next, chance: chance) == .milliseconds(milliseconds))
    }

    @Test func `after the last attempt there is none`() {
        #expect(RetryPolicy().pause(before: 5, chance: 0.5) == nil)
        #expect(RetryPolicy(attempts: 1).pause(before: 2, chance: 0) == nil)
        #expect(RetryPolicy(attempts: 2, first: .seconds(1)).pause(before: 2, chance: 0.5) == .seconds(1))
    }
}
