/// An argument that is no option, and at the same time the typed key to its value: `parsed[operand]`.
///
/// The name of the operand is the placeholder of its parser. What the command does with it does not live here.
package struct Operand<Value: Sendable>: DeclaresOperand {
    package let declaration: OperandDeclaration
    /// What `parsed[operand]` gives when nothing was given; nil for operands that must be given.
    let valueWhenAbsent: Value?

    package static func required(as parser: ValueParser<Value>, help: String) -> Operand {
        Operand(
            declaration: OperandDeclaration(arity: .required, help: help, value: description(parser)) {
                (texts) throws(ValueRejection) -> any Sendable in try parser.parseAll(texts)[0]
            },
            valueWhenAbsent: nil
        )
    }

    package static func optional<Wrapped: Sendable>(
        as parser: ValueParser<Wrapped>,
        help: String
    ) -> Operand where Value == Wrapped? {
        Operand(
            declaration: OperandDeclaration(arity: .optional, help: help, value: description(parser)) {
                (texts) throws(ValueRejection) -> any Sendable in try parser.parseFirst(texts)
            },
            // Spelled out because a bare nil would mean "must be given".
            valueWhenAbsent: .some(nil)
        )
    }

    /// All operands that are left, at least `minimum`.
    package static func rest<Element: Sendable>(
        as parser: ValueParser<Element>,
        minimum: Int = 0,
        help: String
    ) -> Operand where Value == [Element] {
        list(.rest(minimum: minimum), parser, help)
    }

    /// Everything after `--`, taken as it is even where it looks like options.
    package static func afterDoubleDash<Element: Sendable>(
        as parser: ValueParser<Element>,
        minimum: Int = 0,
        help: String
    ) -> Operand where Value == [Element] {
        list(.afterDoubleDash(minimum: minimum), parser, help)
    }

    private static func list<Element: Sendable>(
        _ arity: OperandDeclaration.Arity,
        _ parser: ValueParser<Element>,
        _ help: String
    ) -> Operand where Value == [Element] {
        Operand(
            declaration: OperandDeclaration(arity: arity, help: help, value: description(parser)) {
                (texts) throws(ValueRejection) -> any Sendable in try parser.parseAll(texts)
            },
            valueWhenAbsent: []
        )
    }

    private static func description<Parsed>(_ parser: ValueParser<Parsed>) -> ValueDescription {
        ValueDescription(placeholder: parser.placeholder, hint: parser.hint, defaultText: nil)
    }
}
