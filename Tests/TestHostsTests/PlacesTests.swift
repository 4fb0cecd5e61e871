import Testing

@testable import TestSupport

@Suite struct PlacesTests {
    @Test func `who fits starts at once and the rest in order`() {
        var places = Places(total: 6)
        let first = places.ask(for: 3)
        #expect(first.mayStart == [first.ticket])
        let large = places.ask(for: 5)
        #expect(large.mayStart == [])
        // It would fit, but would keep the large one waiting for ever.
        let small = places.ask(for: 1)
        #expect(small.mayStart == [])
        #expect(places.give(back: 3) == [large.ticket, small.ticket])
        #expect(places.taken == 6)
        #expect(places.give(back: 5) == [])
        #expect(places.give(back: 1) == [])
        #expect(places.taken == 0)
    }
}
