import Text

/// The sentences for names that mean nothing where they stand, and the guesses at what was meant.
///
/// It only explains; whether a name is known is decided by the scope.
struct UnknownName {
    let scope: Scope

    func option(_ written: String) -> UsageError {
        let owners = owners(of: written)
        let shown = Echo.quoted(written)
        guard owners.isEmpty else { return misplaced(shown, owners) }
        return UsageError(
            message: "\(shown) is not an option of `\(scope.title)`.",
            hint: nearestOption(to: written).map { "Did you mean `\($0)`?" } ?? dashHint,
            commandPath: scope.path
        )
    }

    func command(_ word: String) -> UsageError {
        let shown = Echo.quoted(word)
        guard !scope.command.subcommands.isEmpty else {
            return UsageError(
                message: "`\(scope.title)` has no command \(shown), nor any other.",
                commandPath: scope.path
            )
        }
        let elsewhere = Scope(root: scope.root).subtree.first { $0.path.last == word }?.title
        let nearest = Nearness.closest(to: word, among: scope.commandRows.map(\.name))
        return UsageError(
            message: "\(shown) is not a command of `\(scope.title)`.",
            hint: (elsewhere ?? nearest).map { "Did you mean `\($0)`?" },
            commandPath: scope.path
        )
    }

    /// The commands that declare such an option themselves; those below them would only repeat it.
    private func owners(of written: String) -> [Scope] {
        Scope(root: scope.root).subtree.filter { other in
            other.command.options.contains { option in option.spellings.contains { $0.text == written } }
        }
    }

    private func misplaced(_ shown: String, _ owners: [Scope]) -> UsageError {
        let titles = Sentence.some(owners.map { "`\($0.title)`" }, atMost: 3)
        // The command may still follow on the line, so naming the right place helps more than a guess.
        let comesLater = owners.contains { $0.path.starts(with: scope.path) }
        return UsageError(
            message: "\(shown) is not an option of `\(scope.title)`, only of \(titles).",
            hint: comesLater ? "Write it after the command it belongs to." : nil,
            commandPath: scope.path
        )
    }

    private func nearestOption(to written: String) -> String? {
        let spellings = scope.options.flatMap(\.spellings)
        if let longName = Spelling(written).longName {
            let names = spellings.compactMap(\.longName)
            return Nearness.closest(to: longName, among: names).map { "--\($0)" }
        }
        // Every other letter is equally near; only the wrong case is a likely slip.
        return spellings.first { !$0.isLong && $0.text.lowercased() == written.lowercased() }?.text
    }

    /// Negative numbers and odd file names look like options.
    private var dashHint: String? {
        let takesOperands = !scope.command.operands.isEmpty
        return takesOperands ? "If it is an operand, write `--` before it." : nil
    }
}
