/// The texts gathered from a command line, on their way to becoming values.
///
/// It checks numbers of operands and the values themselves. Names are known to be right by the time they
/// get here.
struct Collected {
    private struct Given {
        let option: OptionDeclaration
        var spellings: [String] = []
        var texts: [String] = []
    }

    private var options: [String: Given] = [:]
    /// Dictionaries have no fixed order, and the first mistake on the line should be the one reported.
    private var order: [String] = []
    private var operands: [String] = []
    private var afterDoubleDash: [String]?

    func spelling(of option: OptionDeclaration) -> String? {
        options[option.key]?.spellings.first
    }

    mutating func add(option: OptionDeclaration, written: String, text: String) {
        if options[option.key] == nil { order.append(option.key) }
        options[option.key, default: Given(option: option)].spellings.append(written)
        options[option.key]?.texts.append(text)
    }

    /// Operands that follow go to the operand for what is after `--`, if the command has one.
    mutating func startAfterDoubleDash(_ scope: Scope) {
        if scope.command.operands.contains(where: \.isAfterDoubleDash) { afterDoubleDash = [] }
    }

    mutating func add(operand: String) {
        if afterDoubleDash != nil {
            afterDoubleDash?.append(operand)
        } else {
            operands.append(operand)
        }
    }

    func parsed(in scope: Scope) throws(UsageError) -> Parsed {
        guard scope.command.subcommands.isEmpty else { throw missingCommand(scope) }
        var values: [String: any Sendable] = [:]
        for key in order {
            guard let given = options[key] else { continue }
            do {
                values[key] = try given.option.interpret(given.texts)
            } catch {
                let name = given.spellings[error.position]
                throw Self.wrongValue(of: name, text: given.texts[error.position], error.problem, scope)
            }
        }
        for (operand, texts) in try assigned(scope) {
            do {
                values[operand.name] = try operand.interpret(texts)
            } catch {
                throw Self.wrongValue(of: operand.name, text: texts[error.position], error.problem, scope)
            }
        }
        return Parsed(commandPath: scope.path, values: values)
    }

    private func assigned(_ scope: Scope) throws(UsageError) -> [(OperandDeclaration, [String])] {
        var rest = operands[...]
        var result: [(OperandDeclaration, [String])] = []
        var missing: [String] = []
        for operand in scope.command.operands {
            let texts: [String]
            if operand.isAfterDoubleDash {
                texts = afterDoubleDash ?? []
            } else {
                texts = Array(operand.takesMany ? rest : rest.prefix(1))
                rest = rest.dropFirst(texts.count)
            }
            if texts.count < operand.fewest { missing.append(Self.demand(operand)) }
            // What was left out has no value, so that the absent one of the operand applies.
            if !texts.isEmpty { result.append((operand, texts)) }
        }
        // Too many comes first: with `exec web uptime` the cause is the missing `--`, not a missing command.
        if let extra = rest.first { throw tooMany(extra, scope) }
        guard missing.isEmpty else {
            throw UsageError(
                message: "`\(scope.title)` needs \(Sentence.all(missing)).",
                hint: "Usage: \(HelpText.usage(scope))",
                commandPath: scope.path
            )
        }
        return result
    }

    private static func demand(_ operand: OperandDeclaration) -> String {
        let amount = operand.fewest > 1 ? "at least \(operand.fewest) \(operand.name)" : operand.name
        return operand.isAfterDoubleDash ? "\(amount) after `--`" : amount
    }

    private func tooMany(_ extra: String, _ scope: Scope) -> UsageError {
        let names = scope.command.operands.filter { !$0.isAfterDoubleDash }.map(\.name)
        let taken = names.isEmpty ? "takes no operand" : "takes only \(Sentence.all(names))"
        let trailing = scope.command.operands.first(where: \.isAfterDoubleDash)
        return UsageError(
            message: "`\(scope.title)` \(taken), but was also given \(Echo.quoted(extra)).",
            hint: trailing.map { "Write `--` before \($0.name)." },
            commandPath: scope.path
        )
    }

    private func missingCommand(_ scope: Scope) -> UsageError {
        let names = scope.command.subcommands.map(\.name)
        return UsageError(
            message: "`\(scope.title)` needs a command.",
            hint: "The commands are \(Sentence.all(names)).",
            commandPath: scope.path
        )
    }

    private static func wrongValue(
        of name: String,
        text: String,
        _ problem: ValueProblem,
        _ scope: Scope
    ) -> UsageError {
        let refused = text.isEmpty ? "an empty one" : Echo.quoted(text)
        return UsageError(
            message: "`\(name)` needs \(problem.expectation), not \(refused).",
            hint: problem.suggestion.map { "Did you mean `\($0)`?" },
            commandPath: scope.path
        )
    }
}
