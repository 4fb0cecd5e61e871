/// Small pieces of grammar for messages.
///
/// Only lists of words live here; whole messages stand where the mistake is found.
enum Sentence {
    /// "a", "a or b", "one of a, b or c".
    static func alternatives(_ words: [String]) -> String {
        words.count > 2 ? "one of \(list(words, "or"))" : list(words, "or")
    }

    static func all(_ words: [String]) -> String {
        list(words, "and")
    }

    /// The first few words in full and the others as a number, so that a message stays readable.
    static func some(_ words: [String], atMost limit: Int) -> String {
        guard words.count > limit else { return all(words) }
        return all(Array(words.prefix(limit - 1)) + ["\(words.count - limit + 1) others"])
    }

    static func isHelp(_ text: String) -> Bool {
        guard let first = text.first, first.isUppercase || !first.isLetter else { return false }
        return text.last == "." && !text.contains(where: \.isNewline)
    }

    /// The first sentence without its full stop, for places with little room.
    static func brief(_ text: String) -> String {
        var words: [Substring] = []
        for word in text.split(separator: " ") {
            words.append(word)
            // "e.g." has a full stop inside too, so only a longer word can end a sentence.
            if word.last == ".", !word.dropLast().contains(".") { break }
        }
        let sentence = words.joined(separator: " ")
        return sentence.last == "." ? String(sentence.dropLast()) : sentence
    }

    private static func list(_ words: [String], _ conjunction: String) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
    }
}
