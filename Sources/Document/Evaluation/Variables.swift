/// Where variables come from: a dictionary, or whatever finds them by name.
package protocol VariableLayer: Sendable {
    func value(of name: String) -> Value?
    /// All names, for telling which one was meant.
    var names: [String] { get }
}

extension Dictionary: VariableLayer where Key == String, Value == Document.Value {
    package func value(of name: String) -> Document.Value? { self[name] }
    package var names: [String] { Array(keys) }
}

/// The variables that expressions may name, in layers: the first that has a name decides.
///
/// Layers are shared, so that the hosts of a play hold its variables once.
package struct Variables: Sendable {
    private let layers: [any VariableLayer]
    /// Names whose values will be known later. They are neither defined nor undefined: who needs one waits.
    let pending: Pending
    /// What to say of a name that is not defined, where something better than a near name is known.
    let hint: (@Sendable (String) -> String?)?

    /// The strongest layer first. What is pending is stronger than all of them.
    package init(
        _ layers: [any VariableLayer],
        pending: Pending = [],
        hint: (@Sendable (String) -> String?)? = nil
    ) {
        self.layers = layers
        self.pending = pending
        self.hint = hint
    }

    package subscript(_ name: String) -> Value? {
        for layer in layers {
            if let value = layer.value(of: name) { return value }
        }
        return nil
    }

    var names: [String] { Set(layers.flatMap(\.names)).sorted() }

    /// The same, with names that are stronger than all of them.
    func below(_ layer: [String: Value], hint: (@Sendable (String) -> String?)?) -> Variables {
        let (pending, own) = (pending, self.hint)
        return Variables(
            [layer] + layers,
            pending: Pending { layer[$0] == nil && pending.contains($0) },
            hint: { hint?($0) ?? own?($0) }
        )
    }
}

/// Names whose values will come.
package struct Pending: Sendable, ExpressibleByArrayLiteral {
    let contains: @Sendable (String) -> Bool

    package init(_ contains: @escaping @Sendable (String) -> Bool) { self.contains = contains }

    package init(arrayLiteral names: String...) {
        let names = Set(names)
        self.init { names.contains($0) }
    }
}

/// What an evaluation needs and will get later.
package enum Wait: Equatable, Sendable {
    case variable(String)
    /// It has not been fetched.
    case secret(SecretReference)
}
