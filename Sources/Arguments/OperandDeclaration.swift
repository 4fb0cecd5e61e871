/// Everything about an operand except the type of its value: its name, how many it takes, what help says.
///
/// The value itself is only reachable through the typed `Operand` that the declaration came from.
package struct OperandDeclaration: Sendable {
    /// How many arguments an operand takes, and on which side of `--`.
    package enum Arity: Sendable, Equatable {
        case required
        case optional
        case rest(minimum: Int)
        case afterDoubleDash(minimum: Int)
    }

    package let arity: Arity
    package let help: String
    package let value: ValueDescription
    let interpret: @Sendable ([String]) throws(ValueRejection) -> any Sendable

    package var name: String {
        value.placeholder
    }

    var isAfterDoubleDash: Bool {
        if case .afterDoubleDash = arity { true } else { false }
    }

    var takesMany: Bool {
        switch arity {
        case .required, .optional: false
        case .rest, .afterDoubleDash: true
        }
    }

    var fewest: Int {
        switch arity {
        case .required: 1
        case .optional: 0
        case .rest(let minimum), .afterDoubleDash(let minimum): minimum
        }
    }

    /// The form in a usage line: brackets for what may be left out, dots for what may go on.
    var usage: String {
        let dots = takesMany ? "\(name) ..." : name
        let dashed = isAfterDoubleDash ? "-- \(dots)" : dots
        return fewest == 0 ? "[\(dashed)]" : dashed
    }

    var fullHelp: String {
        guard case .words(let words) = value.hint else { return help }
        return "\(help) One of: \(words.joined(separator: ", "))."
    }
}

/// Something that declares an operand. It lets operands of different value types stand in one list.
///
/// Only `Operand` conforms.
package protocol DeclaresOperand: Sendable {
    var declaration: OperandDeclaration { get }
}
