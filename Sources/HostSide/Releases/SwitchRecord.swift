/// How far the last switch came that restarted services, as the host itself has written it down: the verdict, for whoever
/// lost the connection to it.
package struct SwitchRecord: Equatable, Sendable {
    package enum Word: String, CaseIterable, Sendable {
        case begun, restarting, checking, back
        /// The end: it runs the new release, or the old one; neither; or nothing was changed.
        case new, old, neither, untouched
    }

    /// Given by whoever wanted it.
    package var nonce: String
    package var run: String
    /// What ran before, if anything did.
    package var from: ReleaseID?
    package var to: ReleaseID
    /// Its program still runs.
    package var isAlive: Bool
    package var word: Word
    /// Which service it is at.
    package var service: String?
    package var why: String?

    package var isOver: Bool {
        switch word {
        case .new, .old, .neither, .untouched: true
        case .begun, .restarting, .checking, .back: false
        }
    }

    /// `NONCE RUN FROM TO alive|gone WORD [SERVICE]`.
    init?(_ words: [Substring]) {
        guard (6...7).contains(words.count), let to = ReleaseID(String(words[3])),
            let word = Word(rawValue: String(words[5])), words[4] == "alive" || words[4] == "gone"
        else { return nil }
        if words[2] != "-" {
            guard let from = ReleaseID(String(words[2])) else { return nil }
            self.from = from
        }
        (nonce, run, self.to, isAlive, self.word) = (String(words[0]), String(words[1]), to, words[4] == "alive", word)
        service = words.count > 6 ? String(words[6]) : nil
    }
}
