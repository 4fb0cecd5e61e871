/// Which algorithms may be used, as a configuration says it: instead of the client's own list, or changing it.
package struct AlgorithmList: Sendable, Equatable {
    package enum Change: String, Sendable {
        case replace = ""
        case append = "+"
        case remove = "-"
        case prepend = "^"
    }

    package var change: Change
    /// Names; with `remove`, patterns.
    package var names: [String]

    package init(_ change: Change, _ names: [String]) {
        self.change = change
        self.names = names
    }

    init(_ text: String) {
        let change = text.first.flatMap { Change(rawValue: String($0)) }
        self.change = change ?? .replace
        names = text.dropFirst(change == nil ? 0 : 1).split(separator: ",").map(String.init)
    }

    /// What is left of, or made of, the client's own list.
    package func applied(to own: [String]) -> [String] {
        switch change {
        case .replace: return names
        case .append: return own + names.filter { !own.contains($0) }
        case .prepend: return names + own.filter { !names.contains($0) }
        case .remove:
            var patterns = Patterns()
            for name in names { patterns.add(name.utf8) }
            return own.filter { !patterns.match(Array($0.utf8)) }
        }
    }
}
