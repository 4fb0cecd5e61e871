/// What the controller of one takeover goes by. Times are its own clock's, from any beginning: the lease is counted on the
/// host, and only the host says whether it still holds.
package struct HandoverTerms: Equatable, Sendable {
    package let nonce: String
    /// Of the lease: a lower one than the host has seen is fenced off.
    package let epoch: UInt32
    /// Whose lease it is, for people and for others who come.
    package var owner: String
    /// So long the host goes on without hearing of this controller. It is renewed each third of it.
    package var leaseSeconds = 60
    /// How often the host is looked at.
    package var pace: Duration = .milliseconds(300)
    /// After this it is called off, if it can be still. Nil: the host's own limits are all there are.
    package var deadline: Duration?
    /// What the host may need, at most, to end by itself once the lease has run out. Nil where it waits for long requests.
    package let settling: Duration?
    package let lost: HandoverOrder.Lost

    package init(_ order: HandoverOrder, owner: String) {
        nonce = order.nonce
        epoch = order.epoch
        self.owner = owner
        settling = order.settling
        lost = order.lost
    }

    var lease: Duration { .seconds(leaseSeconds) }

    /// A connection that is gone is tried again for so long: by then the host has ended by itself. Where nobody can say
    /// when that is, ten leases.
    var patience: Duration { lease + (settling ?? lease * 10) }
}

extension HandoverOrder {
    /// The longest way that the table has for whom nobody hears of any more: all the way back, or forward from the point of
    /// no return; where lost means forward, all of it.
    var settling: Duration? {
        if lost == .forward, overrun == .wait { return nil }
        func sum(_ lost: HandoverEdge.Lost) -> Int {
            HandoverTable.edges.filter { $0.lost == lost }.reduce(0) { $0 + seconds($1.limit) }
        }
        let forward = sum(.forward) + (lost == .forward ? sum(.back) : 0)
        // A conductor that does nothing is given up after half a minute.
        return .seconds(30 + max(sum(.on), forward))
    }
}
