/// What was found wrong so far. Reading goes on after an error so that a user sees all of them at once.
package struct Diagnostics: Sendable, Equatable {
    /// More than these are counted, not kept: one mistake in a generated file may repeat a million times.
    package static let kept = 100

    package private(set) var items: [Diagnostic] = []
    package private(set) var omitted = 0
    package private(set) var hasErrors = false

    package init() {}

    package var isEmpty: Bool { items.isEmpty }

    package mutating func add(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasErrors = true }
        if items.count < Diagnostics.kept { items.append(diagnostic) } else { omitted += 1 }
    }

    package mutating func add(contentsOf others: Diagnostics) {
        for item in others.items { add(item) }
        omitted += others.omitted
        if others.hasErrors { hasErrors = true }
    }

    /// In the order of their lines; for the diagnostics of one file, which several readers may have added to.
    package mutating func sortByPosition() {
        let order = items.enumerated().sorted { left, right in
            (left.element.position ?? .start, left.offset) < (right.element.position ?? .start, right.offset)
        }
        items = order.map(\.element)
    }

    package var rendered: String {
        var parts = items.map(\.rendered)
        if omitted > 0 { parts.append("and \(omitted) more") }
        return parts.joined(separator: "\n")
    }

    /// The way from collecting to throwing: call it where nothing more can be found.
    package func throwIfErrors() throws(DocumentError) {
        if hasErrors { throw DocumentError(self) }
    }
}

/// The files cannot be used, for these reasons. There is at least one error among them.
package struct DocumentError: Error, Sendable, Equatable, CustomStringConvertible {
    package let diagnostics: Diagnostics

    package init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    package init(_ diagnostic: Diagnostic) {
        var diagnostics = Diagnostics()
        diagnostics.add(diagnostic)
        self.diagnostics = diagnostics
    }

    package var description: String { diagnostics.rendered }
}
