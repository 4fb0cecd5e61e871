/// The shells that completion scripts can be written for.
///
/// It is an enumeration of words so that it can itself be an operand: `baton completions zsh`.
package enum Shell: String, CaseIterable, Sendable {
    case bash
    case zsh
    case fish
}

extension CommandDeclaration {
    /// A script that completes this tool in a shell.
    ///
    /// It is made from the declaration alone, so it has to be written again when the tool changes. The
    /// declaration must have no problems: its names are used without quotes.
    package func completionScript(for shell: Shell) -> String {
        let root = Scope(root: self)
        return switch shell {
        case .bash: BashCompletion(root: root).text
        case .zsh: ZshCompletion(root: root).text
        case .fish: FishCompletion(root: root).text
        }
    }
}

/// What the scripts for all shells share: names for functions and places, and quoting.
///
/// The grammar of one shell does not live here.
enum CompletionWriter {
    /// A shell function name for the tool; dashes are not portable there.
    static func functionName(_ root: Scope) -> String {
        "_" + root.command.name.map { $0 == "-" || $0 == "." || $0 == "+" ? "_" : String($0) }.joined()
    }

    /// Where a command stands, as the scripts keep it in a variable: `lab/up`, empty for the tool itself.
    static func place(_ scope: Scope) -> String {
        scope.path.joined(separator: "/")
    }

    /// The command and all below it, as alternatives of shell patterns in front of `:` and a word.
    static func patterns(at scope: Scope, words: [String]) -> [String] {
        let place = place(scope)
        guard !place.isEmpty else { return words.map { "*:\($0)" } }
        let below = scope.command.subcommands.isEmpty ? [] : words.map { "\(place)/*:\($0)" }
        return words.map { "\(place):\($0)" } + below
    }

    /// In single quotes nothing is special in bash and zsh but the quote itself.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
