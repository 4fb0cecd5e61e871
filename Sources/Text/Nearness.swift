/// "Did you mean": the closest of some known words to one that is not known.
package enum Nearness {
    // Longer words are compared by their beginning, so that the work per candidate has a bound.
    private static let longest = 64

    /// The closest candidate that is near enough to be a slip of the fingers; of equals, the first.
    package static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = letters(of: word)
        guard !wanted.isEmpty else { return nil }
        var best: String?
        var bound = max(1, min(3, wanted.count / 3))
        for candidate in candidates where candidate != word {
            if let distance = distance(wanted, letters(of: candidate), atMost: bound) {
                best = candidate
                if distance == 0 { break }
                bound = distance - 1
            }
        }
        return best ?? completion(of: word, among: candidates)
    }

    /// An abbreviation is near in meaning though many letters are missing, as long as it fits one word only.
    private static func completion(of word: String, among candidates: some Sequence<String>) -> String? {
        let matches = candidates.filter { $0 != word && $0.utf8.starts(with: word.utf8) }
        return word.utf8.count >= 3 && matches.count == 1 ? matches[0] : nil
    }

    /// `did you mean "x"?`, ready to be a hint.
    package static func hint(for word: String, among candidates: some Sequence<String>) -> String? {
        closest(to: word, among: candidates).map { "did you mean " + Printable.quoted($0) + "?" }
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour; nil where more than `bound`.
    static func distance(_ left: [UInt32], _ right: [UInt32], atMost bound: Int) -> Int? {
        guard abs(left.count - right.count) <= bound else { return nil }
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var older: [Int] = []
        var old = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var new = [row + 1]
            new.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var cost = min(old[column + 1] + 1, new[column] + 1, old[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, older[column - 1] + 1)
                }
                new.append(cost)
            }
            // A later row may be one less than the best of this one and its elder, through a swap, but never lower.
            if min(new.min() ?? 0, old.min() ?? 0) > bound { return nil }
            older = old
            old = new
        }
        let distance = old[right.count]
        return distance <= bound ? distance : nil
    }

    private static func letters(of word: String) -> [UInt32] {
        word.unicodeScalars.prefix(longest).map { scalar in
            // Case differs more often by mistake than by intent.
            scalar.value >= 0x41 && scalar.value <= 0x5A ? scalar.value + 0x20 : scalar.value
        }
    }
}
