/// The completion script for bash.
///
/// It needs nothing but bash 4: the machines it is used on may lack the `bash-completion` package.
struct BashCompletion {
    let root: Scope

    private var function: String { CompletionWriter.functionName(root) }

    var text: String {
        """
        # Completion of \(root.command.name) for bash; load it with `source`.

        # Prints the words that can follow the command "$1".
        \(function)_commands() {
            case "$1" in
        \(cases(commandRows))    esac
        }

        # Prints the options of the command "$1".
        \(function)_options() {
            case "$1" in
        \(cases(optionRows))    esac
        }

        # Prints what kind of value the option "$2" of the command "$1" takes, or nothing.
        \(function)_value() {
            case "$1:$2" in
        \(cases(valueRows))    esac
        }

        # Prints what kind of value the operand number "$2" of the command "$1" is.
        \(function)_operand() {
            case "$1:$2" in
        \(cases(operandRows))    esac
        }

        \(reader)
        """
    }

    private func cases(_ rows: [(pattern: String, words: String)]) -> String {
        rows.filter { !$0.words.isEmpty }
            .map { "        \($0.pattern)) echo \(CompletionWriter.quoted($0.words)) ;;\n" }
            .joined()
    }

    private var commandRows: [(pattern: String, words: String)] {
        root.subtree.map { scope in
            ("'\(CompletionWriter.place(scope))'", scope.commandRows.map(\.name).joined(separator: " "))
        }
    }

    private var optionRows: [(pattern: String, words: String)] {
        root.subtree.map { scope in
            let words = scope.options.flatMap(\.spellings).map(\.text)
            return ("'\(CompletionWriter.place(scope))'", words.joined(separator: " "))
        }
    }

    private var valueRows: [(pattern: String, words: String)] {
        root.subtree.flatMap { scope in
            scope.command.options.compactMap { option in
                option.value.map { value in
                    let words = option.spellings.map(\.text)
                    let patterns = CompletionWriter.patterns(at: scope, words: words)
                    return (patterns.joined(separator: " | "), Self.kind(value.hint))
                }
            }
        }
    }

    private var operandRows: [(pattern: String, words: String)] {
        root.subtree.flatMap { scope in
            scope.command.operands.enumerated().map { index, operand in
                let place = CompletionWriter.place(scope)
                if operand.isAfterDoubleDash { return ("\(place):after", Self.kind(operand.value.hint)) }
                return ("\(place):\(operand.takesMany ? "[0-9]*" : String(index))", Self.kind(operand.value.hint))
            }
        }
    }

    private static func kind(_ hint: CompletionHint) -> String {
        switch hint {
        case .nothing: "text"
        case .file: "file"
        case .directory: "directory"
        case .words(let words): "words \(words.joined(separator: " "))"
        }
    }

    /// The part that is the same for every tool: it finds the command and what is expected at the cursor.
    private var reader: String {
        """
        # Fills COMPREPLY with what fits "$2" of the kind "$1"; "$3" stands before every reply. Where that is
        # nothing, readline tries paths itself: it knows about `~` and quotes.
        \(function)_offer() {
            local kind="$1" current="$2" before="$3"
            case "$kind" in
                file) compopt -o filenames -o default 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
                directory) compopt -o filenames -o dirnames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
                words*) mapfile -t COMPREPLY < <(compgen -W "${kind#words}" -- "$current") ;;
            esac
            [[ -z $before || ${#COMPREPLY[@]} -eq 0 ]] || COMPREPLY=("${COMPREPLY[@]/#/$before}")
        }

        \(function)() {
            local IFS=$' \\t\\n' current="${COMP_WORDS[COMP_CWORD]}" place='' pending='' ended='' kind='' word
            local -i count=0 index
            COMPREPLY=()
            for ((index = 1; index < COMP_CWORD; index++)); do
                word="${COMP_WORDS[index]}"
                if [[ -n $pending ]]; then
                    # Bash makes a word of its own out of the sign in `--name=value`.
                    [[ $word == '=' ]] || pending=''
                elif [[ -n $ended ]]; then
                    count+=1
                elif [[ $word == -- ]]; then
                    ended=yes
                    [[ -z $(\(function)_operand "$place" after) ]] || ended=after
                elif [[ $word == --*=* ]]; then
                    :
                elif [[ $word == --* ]]; then
                    pending="$(\(function)_value "$place" "$word")"
                elif [[ $word == -?* ]]; then
                    # In `-f5` the value is attached; in `-Cf` it follows.
                    if [[ ${#word} -eq 2 || -z $(\(function)_value "$place" "${word:0:2}") ]]; then
                        pending="$(\(function)_value "$place" "-${word: -1}")"
                    fi
                elif [[ " $(\(function)_commands "$place") " == *" $word "* ]]; then
                    # Behind `help` the same commands follow as at the start.
                    [[ $place:$word == ':\(BuiltIn.helpCommand)' ]] || place="${place:+$place/}$word"
                else
                    count+=1
                fi
            done
            if [[ -n $pending ]]; then
                [[ $current != '=' ]] || current=''
                \(function)_offer "$pending" "$current" ''
            elif [[ -z $ended && $current == --*=* ]]; then
                kind="$(\(function)_value "$place" "${current%%=*}")"
                \(function)_offer "$kind" "${current#*=}" "${current%%=*}="
            elif [[ -z $ended && $current == -* ]]; then
                \(function)_offer "words $(\(function)_options "$place")" "$current" ''
            elif [[ -z $ended && -n $(\(function)_commands "$place") ]]; then
                \(function)_offer "words $(\(function)_commands "$place")" "$current" ''
            elif [[ $ended == after ]]; then
                \(function)_offer "$(\(function)_operand "$place" after)" "$current" ''
            else
                \(function)_offer "$(\(function)_operand "$place" "$count")" "$current" ''
            fi
        }

        complete -F \(function) \(root.command.name)

        """
    }
}
