package import Events
package import HostSide

/// What became of one part of a release's coming to a host.
package struct DeployReport: Equatable, Sendable {
    package enum Word: Equatable, Sendable {
        case done
        /// Nothing was changed that anybody notices.
        case refused
        /// Somebody else is at work there.
        case locked
        case failed
        /// It failed, and the host runs what it ran before.
        case undone
        /// Neither on one side nor on the other, or nobody knows.
        case dirty
    }

    package var word: Word
    /// What was done, in a few words each.
    package var words: [String] = []
    package var problem: HostResult.Problem?
    /// Of a switch: what the host ran before.
    package var before: ReleaseID?

    package static func done(_ words: [String] = []) -> DeployReport { DeployReport(word: .done, words: words) }

    /// The same, once everything has gone back.
    var undone: DeployReport {
        var report = self
        report.word = .undone
        return report
    }

    package init(word: Word, words: [String] = []) { (self.word, self.words) = (word, words) }

    package init(_ word: Word, _ kind: String, _ message: String, hint: String? = nil) {
        self.word = word
        let kind =
            switch word {
            case .refused: HostResult.refusedKind
            case .locked: HostResult.lockedKind
            default: kind
            }
        problem = HostResult.Problem(kind: kind, message: message, hint: hint)
    }
}
