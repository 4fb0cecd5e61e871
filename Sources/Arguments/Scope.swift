/// A command at its place in the tree, and everything that may be written there.
///
/// Parser, help, completions and checks ask the scope instead of walking the tree themselves, so that they
/// cannot disagree about what is accepted where.
struct Scope: Sendable {
    /// From the outermost command to this one; never empty.
    let chain: [CommandDeclaration]

    init(root: CommandDeclaration) {
        chain = [root]
    }

    /// Follows a path of command names as far as it leads.
    init(root: CommandDeclaration, path: [String]) {
        var scope = Scope(root: root)
        for name in path {
            guard let next = scope.entering(name) else { break }
            scope = next
        }
        self = scope
    }

    private init(chain: [CommandDeclaration]) {
        self.chain = chain
    }

    var root: CommandDeclaration { chain[0] }
    var command: CommandDeclaration { chain[chain.count - 1] }
    /// The command names without that of the tool; empty for the tool itself.
    var path: [String] { chain.dropFirst().map(\.name) }
    /// The words a user types to get here.
    var title: String { chain.map(\.name).joined(separator: " ") }

    /// The options accepted here: the own ones first, then those of the commands above, then the built-in ones.
    var options: [OptionDeclaration] {
        chain.reversed().flatMap(\.options) + builtInOptions
    }

    var builtInOptions: [OptionDeclaration] {
        root.offersVersion ? [BuiltIn.help, BuiltIn.version] : [BuiltIn.help]
    }

    /// Whether the word `help` names the built-in command here.
    var offersHelpCommand: Bool {
        chain.count == 1 && !command.subcommands.isEmpty
            && !command.subcommands.contains { $0.name == BuiltIn.helpCommand }
    }

    /// The commands a user may name here, with their sentences.
    var commandRows: [(name: String, abstract: String)] {
        let rows = command.subcommands.map { (name: $0.name, abstract: $0.abstract) }
        return offersHelpCommand ? rows + [(name: BuiltIn.helpCommand, abstract: BuiltIn.helpAbstract)] : rows
    }

    func entering(_ name: String) -> Scope? {
        command.subcommands.first { $0.name == name }.map { Scope(chain: chain + [$0]) }
    }

    func option(spelled text: String) -> OptionDeclaration? {
        options.first { option in option.spellings.contains { $0.text == text } }
    }

    /// This scope and all below, outer ones first.
    var subtree: [Scope] {
        [self] + command.subcommands.flatMap { Scope(chain: chain + [$0]).subtree }
    }
}

/// The options and the command that every tool gets without declaring them.
///
/// They appear in help and completions like any other, but the parser answers them with an outcome of their
/// own; nothing tool-specific lives here.
enum BuiltIn {
    static let help = OptionDeclaration(
        spellings: ["-h", "--help"],
        help: "Show help for the command and stop.",
        shape: .flag,
        value: nil
    ) { (_) throws(ValueRejection) -> any Sendable in true }

    static let version = OptionDeclaration(
        spellings: ["--version"],
        help: "Show the version and stop.",
        shape: .flag,
        value: nil
    ) { (_) throws(ValueRejection) -> any Sendable in true }

    static let helpCommand = "help"
    static let helpAbstract = "Show help for a command."
}
