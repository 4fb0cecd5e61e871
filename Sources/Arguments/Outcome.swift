/// What a command line asks for, once it is understood.
///
/// Doing it is the caller's part: nothing here prints or exits.
package enum Outcome: Sendable {
    case run(Parsed)
    case help(commandPath: [String])
    case version
}

extension CommandDeclaration {
    /// Reads the arguments that follow the name of the tool.
    package func parse(_ arguments: [String]) throws(UsageError) -> Outcome {
        var reader = ArgumentReader(root: self, arguments: arguments)
        return try reader.read()
    }
}

/// The command a line names and the values given for it, reached through the typed options and operands.
///
/// Raw arguments do not live here: what is in a `Parsed` has passed every check.
package struct Parsed: Sendable {
    /// The names of the command below the tool: `["lab", "up"]`; never empty when the tool has commands.
    package let commandPath: [String]
    let values: [String: any Sendable]

    /// The value of an option; its default when it was not given or does not belong to this command.
    package subscript<Value: Sendable>(option: Option<Value>) -> Value {
        value(option.declaration.key) ?? option.valueWhenAbsent
    }

    /// The value of an operand of this command. Asking for a required operand of another command is a mistake
    /// in the program, and stops it.
    package subscript<Value: Sendable>(operand: Operand<Value>) -> Value {
        if let value = value(operand.declaration.name) ?? operand.valueWhenAbsent { return value }
        preconditionFailure("\(commandPath.joined(separator: " ")) has no operand \(operand.declaration.name)")
    }

    /// Whether an option was on the line, whatever its value.
    package func isGiven<Value: Sendable>(_ option: Option<Value>) -> Bool {
        values[option.declaration.key] != nil
    }

    /// Unwrapped before the cast: a missing value cast to an optional type would count as found.
    private func value<Value: Sendable>(_ key: String) -> Value? {
        guard let stored = values[key] else { return nil }
        return stored as? Value
    }
}
