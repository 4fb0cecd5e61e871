package import Shell
internal import Text

/// The right to change what is under a root. Only a host's answer makes one, and whatever changes a release takes one: the
/// host refuses everything that comes with an epoch that is over.
package struct Lease: Hashable, Sendable {
    package let root: ReleaseRoot
    /// Who holds it, for people and for the host: another run is another owner.
    package let owner: String
    /// Rises with every taking.
    package let epoch: UInt32
    /// How long it held when the host answered.
    package let seconds: Int

    /// Only for tests and for `resume`, which has it from its own records; the host checks it all the same.
    package init(root: ReleaseRoot, owner: String, epoch: UInt32, seconds: Int = 0) {
        (self.root, self.owner, self.epoch, self.seconds) = (root, owner, epoch, seconds)
    }

    package static let usualSeconds = 60

    package var authority: Authority { .lease(epoch: epoch) }
}

/// What becomes of a request for a lease.
package enum LeaseAnswer: Equatable, Sendable {
    case held(Lease)
    /// Somebody else has it.
    case refused(LeaseHolder)
}

/// Who has a lease, as the host tells it.
package struct LeaseHolder: Equatable, Sendable {
    package var owner: String
    package var epoch: UInt32
    /// Until it runs out; 0 or less where it has.
    package var secondsLeft: Int
    /// It is of a boot that is over.
    package var isOfAnotherBoot = false

    package init(owner: String, epoch: UInt32, secondsLeft: Int) {
        (self.owner, self.epoch, self.secondsLeft) = (owner, epoch, secondsLeft)
    }

    package var isHeld: Bool { secondsLeft > 0 && !isOfAnotherBoot }
}

/// Taking, renewing and giving back. They answer at once: they can go over a second channel while a long change runs.
package enum LeaseRequest {
    /// Makes what is missing of ROOT, and takes its lease unless somebody else holds it. Taking over ends another's: whatever
    /// he still sends is refused from then on.
    package static func take(
        _ root: ReleaseRoot,
        owner: String,
        seconds: Int = Lease.usualSeconds,
        takingOver: Bool = false
    ) throws(ReleaseError) -> HostScript {
        let owner = try named(owner)
        let words = [root.path, owner, try bounded(seconds), takingOver ? "yes" : ""]
        return ReleaseLibrary.script(ReleaseLibrary.taking, ["baton_lease_take"] + words)
    }

    /// It holds for so long from now. One that has run out is not renewed: it is taken again, after a look.
    package static func renew(_ lease: Lease, seconds: Int = Lease.usualSeconds) throws(ReleaseError) -> HostScript {
        ReleaseLibrary.script(
            ReleaseLibrary.renewing,
            ["baton_lease_renew", lease.root.path, String(lease.epoch), lease.owner, try bounded(seconds)]
        )
    }

    package static func release(_ lease: Lease) -> HostScript {
        ReleaseLibrary.script(
            ReleaseLibrary.renewing,
            ["baton_lease_release", lease.root.path, String(lease.epoch), lease.owner]
        )
    }

    /// What `take` or `renew` answered. `status` is how the script ended.
    package static func read(
        _ output: [UInt8],
        status: Int32,
        errors: [UInt8] = [],
        root: ReleaseRoot,
        owner: String
    ) throws(ReleaseError) -> LeaseAnswer {
        let lines = try ReleaseLine.read(output)
        switch (status, lines.first?.key, lines.count) {
        case (0, "lease", 1):
            guard let holder = LeaseHolder(lines[0].value), holder.owner == owner, holder.isHeld else { break }
            return .held(Lease(root: root, owner: owner, epoch: holder.epoch, seconds: holder.secondsLeft))
        case (ReleaseStatus.busy, "lease", 1), (ReleaseStatus.fenced, "lease", 1):
            guard let holder = LeaseHolder(lines[0].value) else { break }
            return .refused(holder)
        default:
            if status != 0 {
                let said = Printable.sentence(errors, limit: 500)
                throw ReleaseError(said.isEmpty ? "the lease of \(root.path) ended with \(status)" : said)
            }
        }
        throw ReleaseLine.strange(output)
    }

    /// A word for people; it is the last thing on its line, and so may have spaces.
    private static func named(_ owner: String) throws(ReleaseError) -> String {
        guard (1...200).contains(owner.utf8.count), owner.first != " ", owner.last != " ",
            !owner.utf8.contains(where: { $0 < 32 || $0 == 127 })
        else { throw ReleaseError("\(Printable.quoted(owner)) cannot hold a lease: 1 to 200 bytes on one line") }
        return owner
    }

    private static func bounded(_ seconds: Int) throws(ReleaseError) -> String {
        guard (1...3600).contains(seconds) else {
            throw ReleaseError("a lease holds for 1 to 3600 seconds, not \(seconds)")
        }
        return String(seconds)
    }
}

extension LeaseHolder {
    /// `EPOCH SECONDS this|other OWNER`.
    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4, let epoch = UInt32(words[0]), let seconds = Int(words[1]), !words[3].isEmpty,
            words[2] == "this" || words[2] == "other"
        else { return nil }
        self.init(owner: String(words[3]), epoch: epoch, secondsLeft: seconds)
        isOfAnotherBoot = words[2] == "other"
    }
}
