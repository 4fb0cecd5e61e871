import Text

/// Answers what a server asks during a keyboard-interactive login: a single hidden question, once, with the password.
/// Everything else it asks, such as a second factor, needs a person.
final class PromptAnswers {
    private let password: String
    /// The password went out.
    private(set) var wasGiven = false
    /// What was asked that has no answer here.
    private(set) var unanswerable: String?

    init(password: String) { self.password = password }

    /// The answers, or nil if there are none.
    func answers(to prompts: [(text: [UInt8], isShown: Bool)]) -> [[UInt8]]? {
        if prompts.isEmpty { return [] }
        guard prompts.count == 1, !prompts[0].isShown, !wasGiven else {
            let first = prompts.first { $0.isShown } ?? prompts[0]
            // The same question again is a refusal, not a second factor.
            if !(wasGiven && prompts.count == 1 && !prompts[0].isShown && looksLikePassword(prompts[0].text)) {
                unanswerable = Printable.sentence(first.text, limit: 60)
            }
            return nil
        }
        wasGiven = true
        return [Array(password.utf8)]
    }

    private func looksLikePassword(_ text: [UInt8]) -> Bool {
        String(decoding: text, as: UTF8.self).lowercased().contains("password")
    }
}
