import Document

/// `-e`: variables of the command line. `NAME=VALUE`, whose value is text; `@FILE`, YAML or JSON; or a map as JSON or
/// YAML writes it in braces. Later ones win.
enum ExtraVariables {
    static func read(_ arguments: [String], _ context: Context) throws(CommandError) -> [String: Value] {
        var variables: [String: Value] = [:]
        var problems = Diagnostics()
        for argument in arguments {
            do throws(DocumentError) {
                if argument.hasPrefix("@") {
                    let shown = String(argument.dropFirst())
                    try add(source(shown, context), to: &variables)
                } else if argument.hasPrefix("{") {
                    try add(SourceText(name: "-e", text: argument), to: &variables)
                } else {
                    try addPair(SourceText(name: "-e", text: argument), argument, to: &variables)
                }
            } catch {
                problems.add(contentsOf: error.diagnostics)
            }
        }
        if problems.hasErrors { throw CommandError(rendered: problems.rendered) }
        return variables
    }

    private static func source(_ shown: String, _ context: Context) throws(DocumentError) -> SourceText {
        do throws(CommandError) {
            return try Source.read(context.path(shown), shown: shown)
        } catch {
            let reason = error.reason
            throw DocumentError(Diagnostic(reason, in: SourceText(name: "-e @\(shown)", text: ""), at: nil))
        }
    }

    private static func add(_ source: SourceText, to variables: inout [String: Value]) throws(DocumentError) {
        let root = try YAML.parse(source)
        if root.isNull { return }
        guard let entries = root.entries else {
            throw DocumentError(
                Diagnostic("variables must be a mapping, not \(root.summary)", in: source, at: root.position)
            )
        }
        for entry in entries {
            try check(entry.keyText, source, entry.key.position)
            variables[entry.keyText] = Value(entry.value, in: source)
        }
    }

    private static func addPair(
        _ source: SourceText,
        _ argument: String,
        to variables: inout [String: Value]
    ) throws(DocumentError) {
        guard let equals = argument.firstIndex(of: "=") else {
            throw DocumentError(
                Diagnostic("a variable is NAME=VALUE, a file of them is @FILE", in: source, at: nil)
            )
        }
        let name = String(argument[..<equals])
        let text = String(argument[argument.index(after: equals)...])
        try check(name, source, nil)
        // Ansible takes `a=1 b=2` for two variables. Taking it for one in silence would be worse than either.
        if text.split(separator: " ").dropFirst().contains(where: isPair) {
            throw DocumentError(
                Diagnostic(
                    "one -e is one variable, and that of \(name) looks like more of them",
                    in: source,
                    at: nil,
                    hint: "say -e for each; where all of it is one text, use -e '{\"\(name)\": \"...\"}'"
                )
            )
        }
        // What a command line gives may come from anywhere: braces in it are no template.
        variables[name] = Value(.string(text), text: text, origin: Origin(source, .start)).asData
    }

    private static func isPair(_ word: Substring) -> Bool {
        guard let equals = word.firstIndex(of: "=") else { return false }
        return isName(String(word[..<equals]))
    }

    private static func check(_ name: String, _ source: SourceText, _ position: Position?) throws(DocumentError) {
        if isName(name) { return }
        throw DocumentError(
            Diagnostic(
                "\(name.debugDescription) cannot be the name of a variable",
                in: source,
                at: position,
                hint: "letters, digits and _, and no digit first"
            )
        )
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first < 0x30 || first > 0x39 else { return false }
        return text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
        }
    }
}
