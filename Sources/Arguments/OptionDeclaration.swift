/// Everything about an option except the type of its value: how it is written, what help says, what it takes.
///
/// Help, completions, the manual page and the parser read this. The value itself is only reachable through
/// the typed `Option` that the declaration came from.
package struct OptionDeclaration: Sendable {
    /// How often an option may be given, and whether it takes a value.
    package enum Shape: Sendable, Equatable {
        case flag
        case count
        case single
        case repeated
    }

    package let spellings: [Spelling]
    package let help: String
    package let shape: Shape
    package let value: ValueDescription?
    let interpret: @Sendable ([String]) throws(ValueRejection) -> any Sendable

    /// The first spelling: it is what the parsed value is filed under, so it has to be unique in a scope.
    var key: String {
        spellings.first?.text ?? ""
    }

    var takesValue: Bool {
        value != nil
    }

    /// The most readable spelling, for sentences.
    var displayName: String {
        (spellings.first(where: \.isLong) ?? spellings.first)?.text ?? ""
    }

    /// The help sentence with the facts that follow from the declaration.
    var fullHelp: String {
        var sentences = [help]
        if case .words(let words)? = value?.hint { sentences.append("One of: \(words.joined(separator: ", ")).") }
        if let text = value?.defaultText { sentences.append("Default: \(text).") }
        if shape == .repeated { sentences.append("May be given more than once.") }
        return sentences.joined(separator: " ")
    }
}

/// What help and completions say about a value: its name, what to offer, what it is when left out.
///
/// Parsing does not live here.
package struct ValueDescription: Sendable, Equatable {
    package let placeholder: String
    package let hint: CompletionHint
    package let defaultText: String?
}

/// Something that declares an option. It lets options of different value types stand in one list.
///
/// Only `Option` conforms.
package protocol DeclaresOption: Sendable {
    var declaration: OptionDeclaration { get }
}
