/// The completion script for fish.
///
/// Fish asks one condition per rule; all conditions ask one function that reads the line.
struct FishCompletion {
    let root: Scope

    private var name: String { root.command.name }
    private var function: String { "_\(CompletionWriter.functionName(root))" }

    var text: String {
        let rules = root.subtree.flatMap(rules).joined(separator: "\n")
        return """
            # Completion of \(name) for fish; a file `\(name).fish` in ~/.config/fish/completions, or load it with `source`.

            \(reader)
            complete -c \(name) -e
            complete -c \(name) -f
            \(rules)

            """
    }

    private func rules(_ scope: Scope) -> [String] {
        let place = CompletionWriter.place(scope)
        let commands = scope.commandRows.map { row in
            let condition = Self.quoted("\(function)_at '\(place)'")
            return "complete -c \(name) -n \(condition) -a \(row.name) -d \(Self.brief(row.abstract))"
        }
        // The options of the tool itself are good everywhere and need no condition.
        let condition = place.isEmpty ? "" : " -n " + Self.quoted("\(function)_under \(place)")
        let own = scope.command.options + (place.isEmpty ? scope.builtInOptions : [])
        let options = own.map { option in
            let value = option.value.map(Self.requirement) ?? ""
            return "complete -c \(name)\(condition) \(Self.spellings(option))\(value) -d \(Self.brief(option.help))"
        }
        return commands + options + operandRules(scope, place)
    }

    private func operandRules(_ scope: Scope, _ place: String) -> [String] {
        let hasEnd = scope.command.operands.contains(where: \.isAfterDoubleDash)
        return scope.command.operands.enumerated().compactMap { index, operand in
            let offer = Self.offer(operand.value.hint)
            guard !offer.isEmpty else { return nil }
            let test: String
            if operand.isAfterDoubleDash {
                test = "\(function)_after '\(place)'"
            } else {
                let last = operand.takesMany ? "any" : String(index)
                test = "\(function)_operand '\(place)' \(index) \(last) \(hasEnd ? "before" : "anywhere")"
            }
            return "complete -c \(name) -n \(Self.quoted(test))\(offer)"
        }
    }

    private static func offer(_ hint: CompletionHint) -> String {
        switch hint {
        case .nothing: ""
        case .file: " -F"
        case .directory: " -a '(__fish_complete_directories (commandline -ct))'"
        case .words(let words): " -a \(quoted(words.joined(separator: " ")))"
        }
    }

    /// Fish offers files for every value unless told that nothing else fits.
    private static func requirement(_ value: ValueDescription) -> String {
        value.hint == .file ? " -r -F" : " -x\(offer(value.hint))"
    }

    private static func spellings(_ option: OptionDeclaration) -> String {
        option.spellings
            .map { spelling in
                if let longName = spelling.longName { return "-l \(longName)" }
                return "-s \(spelling.letter.map(String.init) ?? "")"
            }
            .joined(separator: " ")
    }

    private static func brief(_ help: String) -> String {
        quoted(Sentence.brief(help))
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
    }

    private var valuePatterns: String {
        let patterns = root.subtree.flatMap { scope in
            let words = scope.command.options.filter(\.takesValue).flatMap(\.spellings).map(\.text)
            return CompletionWriter.patterns(at: scope, words: words)
        }
        return alternatives(patterns)
    }

    private var commandPatterns: String {
        alternatives(
            root.subtree.flatMap { scope in
                scope.command.subcommands.map { "\(CompletionWriter.place(scope)):\($0.name)" }
            }
        )
    }

    /// A `case` needs at least one pattern; nothing ever equals a single slash.
    private func alternatives(_ patterns: [String]) -> String {
        patterns.isEmpty ? "/" : patterns.map { "'\($0)'" }.joined(separator: " ")
    }

    /// The part that is the same for every tool but for the names of commands and options in its patterns.
    private var reader: String {
        """
        # Succeeds if the option in "place:option" takes a value.
        function \(function)_takes_value
            switch $argv[1]
                case \(valuePatterns)
                    return 0
            end
            return 1
        end

        # Prints the place of the command, the number of operands, and whether `--` came before the cursor.
        function \(function)_line
            set -l words (commandline -opc)
            set -e words[1]
            set -l place ''
            set -l count 0
            set -l skip no
            set -l ended no
            for word in $words
                if test $skip = yes
                    set skip no
                    continue
                end
                if test $ended = yes
                    set count (math $count + 1)
                    continue
                end
                switch $word
                    case --
                        set ended yes
                    case '--*=*'
                    case '--*'
                        \(function)_takes_value "$place:$word"; and set skip yes
                    case -
                        set count (math $count + 1)
                    case '-*'
                        # In `-f5` the value is attached; in `-Cf` it follows.
                        set -l letters (string split '' -- (string sub -s 2 -- $word))
                        if test (count $letters) = 1; or not \(function)_takes_value "$place:-$letters[1]"
                            \(function)_takes_value "$place:-$letters[-1]"; and set skip yes
                        end
                    case '*'
                        switch "$place:$word"
                            case \(commandPatterns)
                                set place (string trim -l -c / -- "$place/$word")
                            case '\(root.offersHelpCommand ? ":\(BuiltIn.helpCommand)" : "/")'
                            case '*'
                                set count (math $count + 1)
                        end
                end
            end
            printf '%s\\n' "$place" $count $ended
        end

        function \(function)_at
            set -l line (\(function)_line)
            test "$line[1]" = "$argv[1]" -a $line[3] = no
        end

        function \(function)_under
            set -l line (\(function)_line)
            string match -q -- "$argv[1]/*" "$line[1]/"
        end

        # The operands "$argv[2]" to "$argv[3]" of the command "$argv[1]", "before" `--` or "anywhere".
        function \(function)_operand
            set -l line (\(function)_line)
            test "$line[1]" = "$argv[1]" -a $line[2] -ge $argv[2]
            and test $argv[3] = any -o $line[2] -le $argv[3]
            and test $argv[4] = anywhere -o $line[3] = no
        end

        function \(function)_after
            set -l line (\(function)_line)
            test "$line[1]" = "$argv[1]" -a $line[3] = yes
        end

        """
    }
}
