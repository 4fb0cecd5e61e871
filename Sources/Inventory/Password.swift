/// A secret that does not show itself when it, or what holds it, is printed.
package struct Password: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The secret itself, for whoever sends it.
    package func reveal() -> String { text }

    package var description: String { "(hidden)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
