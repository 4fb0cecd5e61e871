/// What a change of releases says of itself, beside how it ended.
package enum ReleaseAnswer: Equatable, Sendable {
    case staged(ReleaseID)
    case migrated(ReleaseID)
    /// The found release, and what `current` said.
    case adopted(ReleaseID, target: String)
    case marked(ReleaseID, ReleaseChange.Mark)
    case flipped(ReleaseID)
    case pruned(ReleaseID)
    /// Not removed, and why.
    case stays(ReleaseID, String)
    case kept(ReleaseID, files: Int)
    /// A remark for people: what was done beside, or could not be.
    case note(String)

    /// Of the output of a change that did something; what was skipped says why instead.
    package static func read(_ output: [UInt8]) throws(ReleaseError) -> [ReleaseAnswer] {
        var answers: [ReleaseAnswer] = []
        for line in try ReleaseLine.read(output) {
            guard let answer = ReleaseAnswer(line) else {
                throw ReleaseLine.strange(Array("\(line.key) \(line.value)".utf8))
            }
            answers.append(answer)
        }
        return answers
    }

    private init?(_ line: ReleaseLine) {
        if line.key == "note" {
            self = .note(line.value)
            return
        }
        let parts = line.value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard let id = ReleaseID(String(parts[0])) else { return nil }
        let rest = parts.count > 1 ? String(parts[1]) : ""
        switch (line.key, rest.isEmpty) {
        case ("staged", true): self = .staged(id)
        case ("migrated", true): self = .migrated(id)
        case ("flipped", true): self = .flipped(id)
        case ("pruned", true): self = .pruned(id)
        case ("adopted", false): self = .adopted(id, target: rest)
        case ("stays", false): self = .stays(id, rest)
        case ("marked", false):
            guard let mark = ReleaseChange.Mark(rawValue: rest) else { return nil }
            self = .marked(id, mark)
        case ("kept", false):
            guard let count = Int(rest), count >= 0 else { return nil }
            self = .kept(id, files: count)
        default: return nil
        }
    }
}
