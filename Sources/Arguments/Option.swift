/// An option of a command, and at the same time the typed key to its value: `parsed[option]`.
///
/// It is a value without identity: two equal declarations are the same option. What the option does when it
/// is given does not live here.
package struct Option<Value: Sendable>: DeclaresOption {
    package let declaration: OptionDeclaration
    /// What `parsed[option]` gives when the option was not on the line.
    package let valueWhenAbsent: Value
}

extension Option where Value == Bool {
    /// A switch that is off unless given. Giving it twice is the same as giving it once.
    package static func flag(_ spellings: Spelling..., help: String) -> Option {
        let declaration = OptionDeclaration(spellings: spellings, help: help, shape: .flag, value: nil) {
            (_) throws(ValueRejection) -> any Sendable in true
        }
        return Option(declaration: declaration, valueWhenAbsent: false)
    }
}

extension Option where Value == Int {
    /// A switch that counts how often it is given, as in `-vvv`.
    package static func count(_ spellings: Spelling..., help: String) -> Option {
        let declaration = OptionDeclaration(spellings: spellings, help: help, shape: .count, value: nil) {
            (texts) throws(ValueRejection) -> any Sendable in texts.count
        }
        return Option(declaration: declaration, valueWhenAbsent: 0)
    }
}

extension Option {
    /// An option with one value and a default.
    package static func value(
        _ spellings: Spelling...,
        as parser: ValueParser<Value>,
        default fallback: Value,
        help: String
    ) -> Option {
        let value = ValueDescription(
            placeholder: parser.placeholder,
            hint: parser.hint,
            defaultText: parser.describe(fallback)
        )
        let declaration = OptionDeclaration(spellings: spellings, help: help, shape: .single, value: value) {
            (texts) throws(ValueRejection) -> any Sendable in try parser.parseFirst(texts) ?? fallback
        }
        return Option(declaration: declaration, valueWhenAbsent: fallback)
    }

    /// An option with one value, nil when not given.
    package static func optional<Wrapped: Sendable>(
        _ spellings: Spelling...,
        as parser: ValueParser<Wrapped>,
        help: String
    ) -> Option where Value == Wrapped? {
        let value = ValueDescription(placeholder: parser.placeholder, hint: parser.hint, defaultText: nil)
        let declaration = OptionDeclaration(spellings: spellings, help: help, shape: .single, value: value) {
            (texts) throws(ValueRejection) -> any Sendable in try parser.parseFirst(texts)
        }
        return Option(declaration: declaration, valueWhenAbsent: nil)
    }

    /// An option that may be given many times; the values keep their order.
    package static func repeated<Element: Sendable>(
        _ spellings: Spelling...,
        as parser: ValueParser<Element>,
        help: String
    ) -> Option where Value == [Element] {
        let value = ValueDescription(placeholder: parser.placeholder, hint: parser.hint, defaultText: nil)
        let declaration = OptionDeclaration(spellings: spellings, help: help, shape: .repeated, value: value) {
            (texts) throws(ValueRejection) -> any Sendable in try parser.parseAll(texts)
        }
        return Option(declaration: declaration, valueWhenAbsent: [])
    }
}
