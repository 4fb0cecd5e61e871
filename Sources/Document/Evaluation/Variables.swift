/// The variables that expressions may name, in layers: the first that has a name decides.
///
/// Layers are shared, so that the hosts of a play hold its variables once.
package struct Variables: Sendable {
    private let layers: [[String: Value]]

    /// The strongest layer first.
    package init(_ layers: [[String: Value]]) {
        self.layers = layers
    }

    package subscript(_ name: String) -> Value? {
        for layer in layers {
            if let value = layer[name] { return value }
        }
        return nil
    }

    /// All names, for telling which one was meant.
    var names: [String] { Set(layers.flatMap(\.keys)).sorted() }
}
