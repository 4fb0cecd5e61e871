/// Looks for mistakes in a declaration, so that a test can show there are none.
///
/// The compiler cannot see these: names used twice, missing sentences, operands in an order that cannot be
/// read. It judges declarations only, never command lines, except the ones shown as examples.
struct DeclarationProblems {
    private let root: CommandDeclaration

    init(root: CommandDeclaration) {
        self.root = root
    }

    var all: [String] {
        Scope(root: root).subtree.flatMap { scope in
            let found = names(scope) + sentences(scope) + options(scope) + operands(scope) + examples(scope)
            return found.map { "\(scope.title): \($0)" }
        }
    }

    private func names(_ scope: Scope) -> [String] {
        var problems: [String] = []
        let command = scope.command
        if !Word.isPlain(command.name) { problems.append("the name is not a plain word") }
        problems += duplicates(command.subcommands.map(\.name)).map { "two commands are called \($0)" }
        problems += duplicates(command.operands.map(\.name)).map { "two operands are called \($0)" }
        problems += duplicates(scope.options.flatMap(\.spellings).map(\.text)).map { "\($0) is declared twice" }
        if scope.chain.count == 1, command.subcommands.contains(where: { $0.name == BuiltIn.helpCommand }) {
            problems.append("the command help is built in")
        }
        problems += duplicates(command.exitCodes.map { String($0.code) }).map { "exit code \($0) is explained twice" }
        problems += command.exitCodes.filter { !(0...255).contains($0.code) }.map { "exit code \($0.code) cannot be" }
        return problems
    }

    private func sentences(_ scope: Scope) -> [String] {
        let command = scope.command
        var texts = [("the abstract", command.abstract)]
        texts += command.options.map { ("the help of \($0.displayName)", $0.help) }
        texts += command.operands.map { ("the help of \($0.name)", $0.help) }
        texts += command.examples.map { ("the explanation of \"\($0.line)\"", $0.explanation) }
        texts += command.exitCodes.map { ("the meaning of exit code \($0.code)", $0.meaning) }
        return texts.compactMap { place, text -> String? in
            if text.isEmpty { return "\(place) is missing" }
            let isSentence = Sentence.isHelp(text)
            return isSentence ? nil : "\(place) is not one line from a capital letter to a full stop"
        }
    }

    private func options(_ scope: Scope) -> [String] {
        var problems: [String] = []
        for option in scope.command.options {
            let name = option.displayName
            if option.spellings.isEmpty { problems.append("an option has no name") }
            if !option.spellings.contains(where: \.isLong) { problems.append("\(name) has no long name") }
            problems += option.spellings.filter { !$0.isWellFormed }.map { "\"\($0.text)\" cannot name an option" }
            if let value = option.value { problems += valueProblems(value, of: name) }
            if let text = option.value?.defaultText, (try? option.interpret([text])) == nil {
                problems.append("\(name) does not accept its own default \(text)")
            }
        }
        return problems
    }

    private func operands(_ scope: Scope) -> [String] {
        let operands = scope.command.operands
        var problems = operands.flatMap { valueProblems($0.value, of: $0.name) }
        if !operands.isEmpty, !scope.command.subcommands.isEmpty {
            problems.append("a command has either commands or operands")
        }
        let before = operands.filter { !$0.isAfterDoubleDash }
        if operands.count - before.count > 1 { problems.append("only one operand can come after --") }
        for (earlier, later) in zip(before, before.dropFirst()) {
            if earlier.takesMany { problems.append("nothing is left for \(later.name) after \(earlier.name)") }
            if earlier.fewest == 0, later.fewest > 0 {
                problems.append("\(later.name) must be given, so \(earlier.name) before it cannot be left out")
            }
        }
        return problems
    }

    private func valueProblems(_ value: ValueDescription, of name: String) -> [String] {
        var problems: [String] = []
        if !Word.isPlain(value.placeholder) || value.placeholder != value.placeholder.uppercased() {
            problems.append("the placeholder \"\(value.placeholder)\" of \(name) is not a plain word in capitals")
        }
        if case .words(let words) = value.hint {
            if words.isEmpty { problems.append("\(name) offers no choice") }
            problems += words.filter { !Word.isPlain($0) }.map { "the choice \"\($0)\" of \(name) is not a plain word" }
            problems += duplicates(words).map { "the choice \($0) of \(name) is there twice" }
        }
        return problems
    }

    /// Examples are copied more than anything else in help, so they have to be accepted.
    private func examples(_ scope: Scope) -> [String] {
        scope.command.examples.compactMap { example -> String? in
            let words = example.line.split(separator: " ").map(String.init)
            guard words.first == root.name else { return "the example \"\(example.line)\" does not call \(root.name)" }
            // A line that needs a shell to split it cannot be checked here.
            guard !example.line.contains(where: { "'\"\\$|<>;&*`".contains($0) }) else { return nil }
            do throws(UsageError) {
                _ = try root.parse(Array(words.dropFirst()))
                return nil
            } catch {
                return "the example \"\(example.line)\" is refused: \(error.message)"
            }
        }
    }

    private func duplicates(_ texts: [String]) -> [String] {
        var counts: [String: Int] = [:]
        var twice: [String] = []
        for text in texts {
            counts[text, default: 0] += 1
            if counts[text] == 2 { twice.append(text) }
        }
        return twice
    }
}

extension CommandDeclaration {
    /// What is wrong with this declaration, one sentence each; empty when nothing is.
    package func problems() -> [String] {
        DeclarationProblems(root: self).all
    }
}
