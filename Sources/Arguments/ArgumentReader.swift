/// Reads a command line from left to right: which command it names, which options and operands it gives.
///
/// It collects texts and where they were given; turning them into values is done once, at the end, by
/// `Collected`. The sentences about unknown names are made by `UnknownName`.
struct ArgumentReader {
    private var scope: Scope
    private var remaining: ArraySlice<String>
    private var collected = Collected()
    private var isAskingForHelp = false

    init(root: CommandDeclaration, arguments: [String]) {
        scope = Scope(root: root)
        remaining = arguments[...]
    }

    mutating func read() throws(UsageError) -> Outcome {
        while let argument = remaining.popFirst() {
            if argument == "--" {
                collected.startAfterDoubleDash(scope)
                while let operand = remaining.popFirst() { try take(operand: operand) }
            } else if Self.looksLikeOption(argument) {
                if let outcome = try take(option: argument) { return outcome }
            } else {
                try take(operand: argument)
            }
        }
        if isAskingForHelp { return .help(commandPath: scope.path) }
        return .run(try collected.parsed(in: scope))
    }

    /// A lone `-` is an operand: by custom it stands for standard input.
    private static func looksLikeOption(_ argument: String) -> Bool {
        argument.utf8.first == UInt8(ascii: "-") && argument.utf8.count > 1
    }

    // MARK: Operands and commands

    private mutating func take(operand: String) throws(UsageError) {
        guard scope.command.subcommands.isEmpty else {
            if let next = scope.entering(operand) {
                scope = next
            } else if operand == BuiltIn.helpCommand, scope.offersHelpCommand, !isAskingForHelp {
                isAskingForHelp = true
            } else {
                throw UnknownName(scope: scope).command(operand)
            }
            return
        }
        guard !isAskingForHelp else { throw UnknownName(scope: scope).command(operand) }
        collected.add(operand: operand)
    }

    // MARK: Options

    private mutating func take(option argument: String) throws(UsageError) -> Outcome? {
        // Split by bytes: "=" followed by a combining mark would be one character that is not "=".
        let name = String(argument.utf8.prefix { $0 != UInt8(ascii: "=") }) ?? argument
        let attached: String? =
            name.utf8.count < argument.utf8.count
            ? String(argument.utf8.dropFirst(name.utf8.count + 1)) : nil
        if Spelling(argument).isLong {
            guard let option = scope.option(spelled: name) else { throw UnknownName(scope: scope).option(name) }
            return try give(option, written: name, attached: attached)
        }
        // `-limit web` would otherwise quietly mean `-l imit`.
        if name.utf8.count > 2, scope.option(spelled: "-\(name)") != nil {
            throw usageError(
                "\(Echo.quoted(name)) has only one dash.",
                hint: "Did you mean `-\(Echo.visible(name))`?"
            )
        }
        return try take(bundle: Array(argument.unicodeScalars.dropFirst()))
    }

    private mutating func take(bundle letters: [Unicode.Scalar]) throws(UsageError) -> Outcome? {
        for (index, letter) in letters.enumerated() {
            let written = "-\(Character(letter))"
            guard let option = scope.option(spelled: written) else { throw UnknownName(scope: scope).option(written) }
            let rest = letters[(index + 1)...]
            if !option.takesValue, rest.first != "=" {
                if let outcome = try give(option, written: written, attached: nil) { return outcome }
                continue
            }
            guard !rest.isEmpty else { return try give(option, written: written, attached: nil) }
            let attached = String(String.UnicodeScalarView(rest.first == "=" ? rest.dropFirst() : rest))
            // In `-CfD` the D could be a value or a forgotten letter; guessing wrong could change a machine.
            if option.takesValue, index > 0 {
                let before = String(String.UnicodeScalarView(letters[..<index]))
                throw usageError(
                    "\(Echo.quoted(written)) takes a value, so it must come last among the letters written together.",
                    hint: "Write `-\(before) \(written) \(Echo.visible(attached))`."
                )
            }
            return try give(option, written: written, attached: attached)
        }
        return nil
    }

    private mutating func give(
        _ option: OptionDeclaration,
        written: String,
        attached: String?
    ) throws(UsageError) -> Outcome? {
        if !option.takesValue, let attached {
            throw usageError(
                "\(Echo.quoted(written)) takes no value, but was given \(Echo.quoted(attached)).",
                hint: "Write only `\(written)`, or leave it out."
            )
        }
        if option.key == BuiltIn.help.key { return helpOutcome() }
        if option.key == BuiltIn.version.key, scope.root.offersVersion { return .version }
        var text = attached ?? ""
        if option.takesValue, attached == nil { text = try nextValue(of: option, written: written) }
        if option.shape == .single, let earlier = collected.spelling(of: option) {
            let both = earlier == written ? "" : ", first as `\(earlier)`"
            throw usageError("`\(written)` is given twice\(both), but takes only one value.")
        }
        collected.add(option: option, written: written, text: text)
        return nil
    }

    private mutating func nextValue(of option: OptionDeclaration, written: String) throws(UsageError) -> String {
        let placeholder = option.value?.placeholder ?? ""
        guard let next = remaining.first else {
            throw usageError(
                "`\(written)` needs a value.",
                hint: "Write `\(written)\(Spelling(written).isLong ? "=" : " ")\(placeholder)`."
            )
        }
        guard !Self.looksLikeOption(next) else {
            let long = option.displayName
            let joined = Spelling(long).isLong ? "\(long)=\(next)" : "\(long)\(next)"
            throw usageError(
                "`\(written)` needs a value, but \(Echo.quoted(next)) looks like an option.",
                hint: "If it is the value, write \(Echo.quoted(joined))."
            )
        }
        remaining.removeFirst()
        return next
    }

    /// Help for the innermost command the line names: in `--help lab up` the commands still follow.
    private func helpOutcome() -> Outcome {
        var innermost = scope
        for word in remaining where !Self.looksLikeOption(word) {
            guard let next = innermost.entering(word) else { break }
            innermost = next
        }
        return .help(commandPath: innermost.path)
    }

    private func usageError(_ message: String, hint: String? = nil) -> UsageError {
        UsageError(message: message, hint: hint, commandPath: scope.path)
    }
}
