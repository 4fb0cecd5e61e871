/// Finds the known word a mistyped one was probably meant to be.
///
/// It only compares words; which words are known and how the answer is put to the user is the caller's part.
package enum Suggestion {
    /// Longer texts are no typing mistakes, and comparing costs the product of both lengths.
    private static let longest = 64

    /// The nearest candidate, the earlier of two that are equally near, or nil when none is near.
    package static func nearest(to text: String, among candidates: [String]) -> String? {
        let typed = Array(text.unicodeScalars.prefix(longest + 1))
        guard !typed.isEmpty, typed.count <= longest else { return nil }
        let farthest = min(3, max(1, typed.count / 3))
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let known = Array(candidate.unicodeScalars)
            guard known.count <= longest, abs(known.count - typed.count) <= farthest else { continue }
            let distance = distance(from: typed, to: known)
            // A distance of the whole length would mean that not one letter is right.
            guard distance <= farthest, distance < max(typed.count, known.count) else { continue }
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.candidate ?? completion(of: text, among: candidates)
    }

    /// An abbreviation is near in meaning though many letters are missing, as long as it fits one word only.
    private static func completion(of text: String, among candidates: [String]) -> String? {
        let matches = candidates.filter { $0.utf8.starts(with: text.utf8) }
        return text.utf8.count >= 3 && matches.count == 1 ? matches[0] : nil
    }

    /// The Damerau-Levenshtein distance: letters inserted, removed, replaced, or two neighbours swapped.
    static func distance(from first: [Unicode.Scalar], to second: [Unicode.Scalar]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...second.count)
        for row in 0..<first.count {
            var current = [row + 1]
            for column in 0..<second.count {
                let isSame = first[row] == second[column]
                var cost = min(previous[column] + (isSame ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[second.count]
    }
}
