package import Document
import Text

/// The parts of a host pattern such as `web:&eu:!web03`, each with its place.
struct Selection {
    /// What a part does to the hosts so far.
    enum Role {
        case add
        case keep
        case remove
    }

    /// Which of the hosts that a name stands for: `web[0]`, `web[-1]`, `web[0:2]` with its end included.
    enum Subscript: Equatable {
        case one(Int)
        case range(from: Int, through: Int?)
    }

    /// One name or glob.
    struct Term {
        var role: Role
        /// As written, with its subscript.
        var text: String
        /// Without its subscript.
        var name: String
        var subscription: Subscript?
        var position: Position
    }

    let source: SourceText
    let terms: [Term]

    init(_ pattern: String, from name: String, isKnown: (String) -> Bool) throws(DocumentError) {
        source = SourceText(name: name, text: pattern)
        var diagnostics = Diagnostics()
        var terms: [Term] = []
        for piece in Selection.split(pattern, isKnown: isKnown) {
            do throws(Failure) {
                terms.append(try Selection.term(piece))
            } catch {
                diagnostics.add(Diagnostic(error.message, in: source, at: piece.position, hint: error.hint))
            }
        }
        if terms.isEmpty && diagnostics.isEmpty {
            diagnostics.add(Diagnostic("the pattern names no hosts", in: source, at: nil))
        }
        try diagnostics.throwIfErrors()
        self.terms = terms
    }

    private struct Failure: Error {
        var message: String
        var hint: String?
    }

    private struct Piece {
        var text: String
        var position: Position
    }

    // At commas; where there are none, at colons that belong neither to brackets nor to an address.
    private static func split(_ pattern: String, isKnown: (String) -> Bool) -> [Piece] {
        let scalars = Array(pattern.unicodeScalars)
        let hasComma = scalars.contains(",")
        let isWhole = !hasComma && (isKnown(pattern) || Address.isIPv6(pattern))
        var pieces: [Piece] = []
        var start = 0
        var depth = 0
        for index in 0...scalars.count {
            if index < scalars.count {
                let scalar = scalars[index]
                if scalar == "[" { depth += 1 }
                if scalar == "]" { depth = max(0, depth - 1) }
                let separates = hasComma ? scalar == "," : !isWhole && depth == 0 && (scalar == ":" || scalar == " ")
                if !separates { continue }
            }
            var first = start
            var last = index
            while first < last, scalars[first].properties.isWhitespace { first += 1 }
            while last > first, scalars[last - 1].properties.isWhitespace { last -= 1 }
            start = index + 1
            if first == last { continue }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars[first..<last])
            pieces.append(Piece(text: String(text), position: Position(line: 1, column: first + 1)))
        }
        return pieces
    }

    private static func term(_ piece: Piece) throws(Failure) -> Term {
        var text = piece.text
        var role = Role.add
        if text.hasPrefix("!") || text.hasPrefix("&") {
            role = text.removeFirst() == "!" ? .remove : .keep
        }
        guard let first = text.first else { throw Failure(message: "a name is missing after \"\(piece.text)\"") }
        if first == "~" {
            throw Failure(message: "regular expressions are not known in host patterns", hint: "use a glob: web*")
        }
        if first == "@" {
            throw Failure(message: "a file of hosts cannot stand inside a pattern", hint: "give @FILE on its own")
        }
        let (name, subscription) = try split(text)
        return Term(role: role, text: text, name: name, subscription: subscription, position: piece.position)
    }

    // Only numbers in the last brackets are a subscript; other brackets belong to a glob.
    private static func split(_ text: String) throws(Failure) -> (String, Subscript?) {
        guard text.hasSuffix("]"), let open = text.lastIndex(of: "["), open != text.startIndex else {
            return (text, nil)
        }
        let inside = text[text.index(after: open)...].dropLast()
        let name = String(text[..<open])
        if let index = Int(inside), !inside.hasPrefix("+") { return (name, .one(index)) }
        let isOld = !inside.contains(":") && inside.contains("-")
        let bounds = inside.split(separator: isOld ? "-" : ":", omittingEmptySubsequences: false)
        guard bounds.count == 2, let from = whole(bounds[0]) else { return (text, nil) }
        if bounds[1].isEmpty && !isOld { return (name, .range(from: from, through: nil)) }
        guard let through = whole(bounds[1]) else { return (text, nil) }
        if isOld {
            throw Failure(message: "hosts are counted as [x:y], not [x-y]", hint: "\(name)[\(from):\(through)]")
        }
        if through < from { throw Failure(message: "the range [\(inside)] ends before it starts") }
        return (name, .range(from: from, through: through))
    }

    private static func whole(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
    }
}

extension Inventory {
    /// The hosts that a pattern selects, in Ansible's order. A name that stands for nothing is an error, and so is a
    /// pattern that leaves no host, unless `allowingNone`.
    ///
    /// `name` is what the pattern is called in errors, such as `--limit`.
    package func hosts(
        matching pattern: String,
        from name: String = "pattern",
        allowingNone: Bool = false
    ) throws(DocumentError) -> [Host] {
        let selection = try Selection(pattern, from: name) { host(named: $0) != nil || group(named: $0) != nil }
        var diagnostics = Diagnostics()
        var result: [String] = []
        let adding = selection.terms.filter { $0.role == .add }
        if adding.isEmpty { result = hosts.map(\.name) }
        // Whatever their places: first what adds, then what keeps, then what removes.
        var seen: Set<String> = []
        for term in adding {
            for host in find(term, in: selection, &diagnostics) where seen.insert(host).inserted { result.append(host) }
        }
        for term in selection.terms where term.role == .keep {
            let kept = Set(find(term, in: selection, &diagnostics))
            result.removeAll { !kept.contains($0) }
        }
        for term in selection.terms where term.role == .remove {
            let removed = Set(find(term, in: selection, &diagnostics))
            result.removeAll { removed.contains($0) }
        }
        if result.isEmpty && !allowingNone && !diagnostics.hasErrors {
            diagnostics.add(Diagnostic("the pattern leaves no host", in: selection.source, at: .start))
        }
        try diagnostics.throwIfErrors()
        return result.compactMap { host(named: $0) }
    }

    private func find(_ term: Selection.Term, in selection: Selection, _ diagnostics: inout Diagnostics) -> [String] {
        // What adds looks for a host first, what keeps or removes for a group: so does Ansible.
        if term.role == .add, host(named: term.text) != nil { return [term.text] }
        guard let found = named(term.name) else {
            let known = groups.map(\.name) + hostNamesAsRead
            diagnostics.add(
                Diagnostic(
                    "no host or group is named \(Printable.quoted(term.name))",
                    in: selection.source,
                    at: term.position,
                    hint: Nearness.hint(for: term.name, among: known)
                )
            )
            return []
        }
        guard let subscription = term.subscription else { return found }
        if let chosen = choose(subscription, of: found) { return chosen }
        let count = found.count == 1 ? "1 host" : "\(found.count) hosts"
        let message = "\(Printable.quoted(term.name)) has only \(count)"
        diagnostics.add(Diagnostic(message, in: selection.source, at: term.position, hint: "counting starts at 0"))
        return []
    }

    // Nil where nothing has the name; an empty group is something.
    private func named(_ name: String) -> [String]? {
        let isGlob = name.contains { "*?[".contains($0) }
        if !isGlob {
            if group(named: name) != nil {
                let hosts = hostNames(inGroup: name)
                // With a dot, Ansible looks for hosts too.
                return name.contains(".") && host(named: name) != nil && !hosts.contains(name) ? hosts + [name] : hosts
            }
            return host(named: name) != nil ? [name] : nil
        }
        let glob = Glob(name)
        let matchingGroups = groups.filter { glob.matches($0.name) }
        var seen: Set<String> = []
        let candidates = matchingGroups.flatMap { hostNames(inGroup: $0.name) } + hostNamesAsRead.filter(glob.matches)
        let result = candidates.filter { seen.insert($0).inserted }
        return result.isEmpty && matchingGroups.isEmpty ? nil : result
    }

    private func choose(_ subscription: Selection.Subscript, of hosts: [String]) -> [String]? {
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
