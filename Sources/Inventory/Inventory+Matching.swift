package import Document
import Text

extension Inventory {
    /// The files that a pattern names with `@`: the caller reads them and hands them to `hosts(matching:)`.
    package static func files(inPattern pattern: String) -> [String] {
        Selection.files(in: pattern)
    }

    /// The hosts that a pattern selects, in Ansible's order. A name that stands for nothing is an error, and so is a
    /// pattern that leaves no host, unless `allowingNone`.
    ///
    /// `name` is what the pattern is called in errors, such as `--limit`; `files` is what its `@` names hold.
    package func hosts(
        matching pattern: String,
        from name: String = "pattern",
        files: [String: SourceText] = [:],
        allowingNone: Bool = false
    ) throws(DocumentError) -> [Host] {
        let selection = try Selection(pattern, from: name, files: files) {
            host(named: $0) != nil || group(named: $0) != nil
        }
        var matcher = Matcher(self)
        let result = matcher.hosts(of: selection)
        var diagnostics = matcher.diagnostics
        if result.isEmpty && !allowingNone && !diagnostics.hasErrors {
            diagnostics.add(Diagnostic("the pattern leaves no host", in: selection.source, at: .start))
        }
        try diagnostics.throwIfErrors()
        return result.compactMap { host(named: $0) }
    }
}

/// Finds what the parts of a pattern stand for.
private struct Matcher {
    // Ansible makes a host of these names where the inventory has none, so `all:!localhost` names something.
    private static let implicit = ["localhost", "127.0.0.1", "::1"]

    var diagnostics = Diagnostics()
    private let inventory: Inventory

    init(_ inventory: Inventory) {
        self.inventory = inventory
    }

    mutating func hosts(of selection: Selection) -> [String] {
        var result: [String] = []
        let adding = selection.terms.filter { $0.role == .add }
        if adding.isEmpty { result = inventory.hosts.map(\.name) }
        // Whatever their places: first what adds, then what keeps, then what removes.
        var seen: Set<String> = []
        for term in adding {
            for host in find(term) where seen.insert(host).inserted { result.append(host) }
        }
        for term in selection.terms where term.role == .keep {
            let kept = Set(find(term))
            result.removeAll { !kept.contains($0) }
        }
        for term in selection.terms where term.role == .remove {
            let removed = Set(find(term))
            result.removeAll { removed.contains($0) }
        }
        return result
    }

    private mutating func find(_ term: Selection.Term) -> [String] {
        // What adds looks for a host first, what keeps or removes for a group: so does Ansible.
        if term.role == .add, inventory.host(named: term.text) != nil { return [term.text] }
        guard let matches = predicate(of: term) else { return [] }
        let groups = term.isGlob || term.isRegex ? inventory.groups.map(\.name).filter(matches) : exactGroup(term.name)
        // A host of several groups is there several times, and is counted so.
        var found = groups.flatMap { inventory.hostNames(inGroup: $0) }
        if groups.isEmpty || term.isGlob || term.isRegex || term.name.contains(".") {
            found += term.isGlob || term.isRegex ? inventory.hostNamesAsRead.filter(matches) : exactHost(term.name)
        }
        if found.isEmpty && groups.isEmpty {
            refuse(term)
            return []
        }
        guard let subscription = term.subscription, !found.isEmpty else { return found }
        if let chosen = Matcher.choose(subscription, of: found) { return chosen }
        let count = found.count == 1 ? "1 host" : "\(found.count) hosts"
        error("\(Printable.quoted(term.name)) has only \(count)", at: term, hint: "counting starts at 0")
        return []
    }

    private func exactGroup(_ name: String) -> [String] { inventory.group(named: name) == nil ? [] : [name] }
    private func exactHost(_ name: String) -> [String] { inventory.host(named: name) == nil ? [] : [name] }

    private mutating func predicate(of term: Selection.Term) -> ((String) -> Bool)? {
        guard term.isRegex else {
            let glob = Glob(term.name)
            return glob.matches
        }
        guard let regex = try? Regex(String(term.name.dropFirst())).matchingSemantics(.unicodeScalar) else {
            error("\(Printable.quoted(term.text)) is no regular expression", at: term)
            return nil
        }
        return { name in (try? regex.prefixMatch(in: name)) != nil }
    }

    // Nothing to keep or remove is no mistake where a glob says so: it describes, and does not name.
    private mutating func refuse(_ term: Selection.Term) {
        if term.role != .add && (term.isGlob || term.isRegex || Matcher.implicit.contains(term.name)) { return }
        let known = inventory.groups.map(\.name) + inventory.hostNamesAsRead
        var hint = Nearness.hint(for: term.name, among: known)
        if Matcher.implicit.contains(term.name) { hint = "Baton makes up no localhost; name it in the inventory" }
        error("no host or group is named \(Printable.quoted(term.name))", at: term, hint: hint)
    }

    private mutating func error(_ message: String, at term: Selection.Term, hint: String? = nil) {
        diagnostics.add(Diagnostic(message, in: term.origin.source, at: term.origin.position, hint: hint))
    }

    private static func choose(_ subscription: Selection.Subscript, of hosts: [String]) -> [String]? {
        switch subscription {
        case .one(let index):
            let place = index < 0 ? hosts.count + index : index
            return hosts.indices.contains(place) ? [hosts[place]] : nil
        case .range(let from, let through):
            guard from < hosts.count else { return nil }
            return Array(hosts[from...min(through ?? hosts.count - 1, hosts.count - 1)])
        }
    }
}
