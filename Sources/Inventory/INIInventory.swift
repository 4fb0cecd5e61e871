import Document
import Text

extension InventoryBuilder {
    /// Adds an inventory in Ansible's INI format.
    mutating func addINI(_ source: SourceText) {
        var reader = INIInventory(source)
        reader.read(into: &self)
    }
}

/// Reads sections of hosts, of child groups and of variables, line by line.
struct INIInventory {
    private enum Section {
        case hosts
        case children
        case variables
    }

    /// A group that was named before it was declared.
    private struct Pending {
        var parents: [(group: Int, origin: Origin)] = []
        var origin: Origin
        var isWaitingForVariables = false
    }

    private let source: SourceText
    private var section = Section.hosts
    private var group: Int?
    private var pending: [String: Pending] = [:]
    private var pendingOrder: [String] = []

    init(_ source: SourceText) {
        self.source = source
    }

    mutating func read(into builder: inout InventoryBuilder) {
        group = InventoryBuilder.ungrouped
        for number in 1...source.lineCount {
            for line in INILine.lines(number, of: source) { read(line, into: &builder) }
        }
        for name in pendingOrder {
            guard let waiting = pending[name] else { continue }
            let known = builder.groupNames.filter { $0 != name }
            let message =
                waiting.isWaitingForVariables
                ? "variables are given to \(Printable.quoted(name)), but no section declares that group"
                : "no section declares the group \(Printable.quoted(name))"
            builder.error(message, at: waiting.origin, hint: Nearness.hint(for: name, among: known) ?? "add [\(name)]")
        }
    }

    private mutating func read(_ line: INILine, into builder: inout InventoryBuilder) {
        if let bad = line.badByte {
            builder.error("the text is not UTF-8 here", at: line.origin(bad), hint: "save the file as UTF-8")
            return
        }
        if line.isSectionLike {
            readHeader(line, into: &builder)
            return
        }
        // What stands below a header that was refused is not looked at.
        guard let group else { return }
        switch section {
        case .hosts: readHost(line, of: group, into: &builder)
        case .children: readChild(line, of: group, into: &builder)
        case .variables: readVariable(line, of: group, into: &builder)
        }
    }

    // MARK: Sections

    private mutating func readHeader(_ line: INILine, into builder: inout InventoryBuilder) {
        group = nil
        guard let header = line.header else {
            let hint = "a section is [group], [group:children] or [group:vars], without spaces"
            builder.error("this is no section", at: line.origin, hint: hint)
            return
        }
        switch header.kind {
        case nil, "hosts": section = .hosts
        case "children": section = .children
        case "vars": section = .variables
        case let kind?:
            let hint = Nearness.hint(for: kind, among: ["hosts", "children", "vars"])
            builder.error(
                "a section cannot be of the kind \(Printable.quoted(kind))",
                at: line.origin,
                hint: hint ?? "known: hosts, children, vars"
            )
            return
        }
        let name = header.name
        if !builder.knows(group: name), section == .variables, pending[name] == nil {
            pending[name] = Pending(origin: line.origin, isWaitingForVariables: true)
            pendingOrder.append(name)
        }
        group = builder.group(name, at: line.origin)
        guard section != .variables, let group, let waiting = pending.removeValue(forKey: name) else { return }
        // Only now do those that named it become its parents, which decides the order of their children.
        for parent in waiting.parents { builder.addChild(group, to: parent.group, at: parent.origin) }
    }

    private mutating func readChild(_ line: INILine, of group: Int, into builder: inout InventoryBuilder) {
        guard let name = line.childName else {
            builder.error("a child is the name of one group", at: line.origin, hint: "comments start with #")
            return
        }
        if builder.knows(group: name), let child = builder.group(name, at: line.origin) {
            builder.addChild(child, to: group, at: line.origin)
            return
        }
        if pending[name] == nil {
            pending[name] = Pending(origin: line.origin)
            pendingOrder.append(name)
        }
        pending[name]?.parents.append((group, line.origin))
    }

    private func readVariable(_ line: INILine, of group: Int, into builder: inout InventoryBuilder) {
        guard let (name, value) = line.assignment, !name.text.isEmpty else {
            builder.error("a variable is given as name=value", at: line.origin)
            return
        }
        let origin = line.origin(value.column)
        builder.set(name.text, to: PythonLiteral.value(of: value.text, at: origin), ofGroup: group)
    }

    // MARK: Hosts

    private func readHost(_ line: INILine, of group: Int, into builder: inout InventoryBuilder) {
        let words: [ShellWords.Word]
        do throws(ShellWords.Problem) {
            words = try ShellWords.split(line.scalars, column: line.column)
        } catch {
            builder.error(error.message, at: line.origin(error.column))
            return
        }
        guard let first = words.first else { return }
        var variables: [(String, Value)] = []
        for word in words.dropFirst() {
            guard let equals = word.text.firstIndex(of: "="), equals != word.text.startIndex else {
                let hint = "a value with spaces needs quotes: name=\"a value\""
                builder.error("a variable is given as name=value", at: line.origin(word.column), hint: hint)
                continue
            }
            let origin = line.origin(word.valueColumn)
            let text = String(word.text[word.text.index(after: equals)...])
            variables.append((String(word.text[..<equals]), PythonLiteral.value(of: text, at: origin)))
        }
        let origin = line.origin(first.column)
        if builder.isFull { return }
        let pattern: HostPattern
        do throws(HostPattern.Problem) {
            pattern = try HostPattern(first.text)
            if first.text.hasSuffix(":") { throw HostPattern.Problem("a name cannot end with a colon") }
            if first.text == "---" { throw HostPattern.Problem("this is how YAML starts, but the file is read as INI") }
        } catch {
            builder.error("\(Printable.quoted(first.text)): \(error.message)", at: origin)
            return
        }
        for name in pattern.names {
            guard let host = builder.host(name, in: group, port: pattern.port, at: origin),
                builder.count(variables.count, at: origin)
            else { break }
            for (name, value) in variables { builder.set(name, to: value, ofHost: host) }
        }
    }
}
