/// The completion script for zsh.
///
/// One shell function per command, each describing its options and operands to `_arguments`, which does all
/// the reading of the line.
struct ZshCompletion {
    let root: Scope

    private var function: String { CompletionWriter.functionName(root) }

    var text: String {
        let name = root.command.name
        let help = root.offersHelpCommand ? helpFunction : ""
        return """
            #compdef \(name)
            # Completion of \(name) for zsh: a file `_\(name)` in a directory of $fpath, or load it with `source`.

            \(help)\(root.subtree.reversed().map(commandFunction).joined(separator: "\n"))
            if [[ $funcstack[1] == \(function) ]]; then
                \(function) "$@"
            else
                compdef \(function) \(name)
            fi

            """
    }

    private func functionName(_ scope: Scope) -> String {
        // Two underscores, so that the commands `a b` and `a-b` differ.
        ([function] + scope.path.map { $0.split(separator: "-").joined(separator: "_") }).joined(separator: "__")
    }

    private func commandFunction(_ scope: Scope) -> String {
        var specifications = scope.options.flatMap(optionSpecifications)
        if scope.command.subcommands.isEmpty {
            let before = scope.command.operands.filter { !$0.isAfterDoubleDash }
            specifications += before.map(operandSpecification)
            // Zsh does not tell operands before and after `--` apart, and takes one specification for the rest.
            if !before.contains(where: \.takesMany) {
                specifications += scope.command.operands.filter(\.isAfterDoubleDash).map(operandSpecification)
            }
        } else {
            specifications += ["'1: :->command'", "'*:: :->arguments'"]
        }
        let lines = specifications.map { "        \($0)" }.joined(separator: " \\\n")
        return """
            \(functionName(scope))() {
                local curcontext="$curcontext" state line
                local -A opt_args
                _arguments -s -S -C : \\
            \(lines)
            \(dispatch(scope))}

            """
    }

    private func dispatch(_ scope: Scope) -> String {
        guard !scope.command.subcommands.isEmpty else { return "" }
        let branches = scope.command.subcommands.compactMap { scope.entering($0.name) }
            .map { "                \($0.command.name)) \(functionName($0)) ;;\n" }
        let help = scope.offersHelpCommand ? "                \(BuiltIn.helpCommand)) \(function)_help ;;\n" : ""
        return """
                case $state in
                    command)
                        local -a commands=(\(rows(scope, withHelp: true)))
                        _describe -t commands command commands
                        ;;
                    arguments)
                        case $line[1] in
            \(branches.joined())\(help)            esac
                        ;;
                esac

            """
    }

    /// The words behind `help` are commands only, so they are followed by hand.
    private var helpFunction: String {
        let branches = root.subtree.filter { !$0.command.subcommands.isEmpty }
            .map { "        '\(CompletionWriter.place($0))') commands=(\(rows($0, withHelp: false))) ;;\n" }
        return """
            \(function)_help() {
                local place="${(j:/:)words[2,CURRENT-1]}"
                local -a commands
                case $place in
            \(branches.joined())    esac
                _describe -t commands command commands
            }


            """
    }

    private func rows(_ scope: Scope, withHelp: Bool) -> String {
        let own = scope.command.subcommands.map { (name: $0.name, abstract: $0.abstract) }
        return (withHelp ? scope.commandRows : own)
            .map { CompletionWriter.quoted("\($0.name):\(escaped(Sentence.brief($0.abstract)))") }
            .joined(separator: " ")
    }

    private func optionSpecifications(_ option: OptionDeclaration) -> [String] {
        let words = option.spellings.map(\.text)
        let mayRepeat = option.shape == .repeated || option.shape == .count
        let prefix = mayRepeat ? "*" : "(\(words.joined(separator: " ")))"
        return option.spellings.map { spelling in
            let value = option.value.map { ":\($0.placeholder):\(action($0.hint))" } ?? ""
            // A letter takes its value attached or next, a long name behind "=" or next.
            let mark = option.takesValue ? (spelling.isLong ? "=" : "+") : ""
            let help = "[\(escaped(Sentence.brief(option.help)))]"
            return CompletionWriter.quoted("\(prefix)\(spelling.text)\(mark)\(help)\(value)")
        }
    }

    private func operandSpecification(_ operand: OperandDeclaration) -> String {
        let position = operand.takesMany ? "*" : (operand.fewest == 0 ? ":" : "")
        return CompletionWriter.quoted("\(position):\(operand.name):\(action(operand.value.hint))")
    }

    private func action(_ hint: CompletionHint) -> String {
        switch hint {
        case .nothing: " "
        case .file: "_files"
        // Not `_files -/`, which offers files where there is no directory.
        case .directory: "_path_files -/"
        case .words(let words): "(\(words.joined(separator: " ")))"
        }
    }

    /// Brackets and colons would end a description.
    private func escaped(_ text: String) -> String {
        text.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
