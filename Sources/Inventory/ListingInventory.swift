package import Document
import Text

extension InventoryBuilder {
    /// Adds what an executable inventory printed for `--list`. The result names the hosts whose variables the program
    /// wants to be asked for one by one, with `--host`; nil where it has told them all.
    package mutating func addListing(_ source: SourceText, limits: Limits = Limits()) -> [String]? {
        do throws(DocumentError) {
            return addListing(try JSONText.parse(source, limits: limits), of: source)
        } catch {
            diagnostics.add(contentsOf: error.diagnostics)
            return nil
        }
    }

    /// Adds what an executable inventory printed for `--host NAME`: nothing, or an object of variables.
    package mutating func addHostListing(_ source: SourceText, of name: String, limits: Limits = Limits()) {
        if source.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) { return }
        do throws(DocumentError) {
            var listing = Listing(source)
            listing.readVariables(try JSONText.parse(source, limits: limits), of: name, into: &self)
            diagnostics.add(contentsOf: listing.decoder.diagnostics)
        } catch {
            diagnostics.add(contentsOf: error.diagnostics)
        }
    }

    @discardableResult
    mutating func addListing(_ root: Node, of source: SourceText) -> [String]? {
        var listing = Listing(source)
        let unasked = listing.read(root, into: &self)
        diagnostics.add(contentsOf: listing.decoder.diagnostics)
        return unasked
    }
}

/// Reads `{GROUP: {hosts: [], children: [], vars: {}}, _meta: {hostvars: {}}}`.
private struct Listing {
    private let source: SourceText
    var decoder: NodeDecoder
    private var names: [String] = []
    private var seen: Set<String> = []

    init(_ source: SourceText) {
        self.source = source
        decoder = NodeDecoder(source)
    }

    mutating func read(_ root: Node, into builder: inout InventoryBuilder) -> [String]? {
        guard let groups = decoder.fields(Field(root, as: "the listing")) else { return nil }
        var variables: Field?
        for field in groups.all {
            if field.key == "_meta" {
                variables = decoder.fields(field).flatMap { decoder.required("hostvars", of: $0) }
            } else {
                readGroup(field, into: &builder)
            }
        }
        guard groups.has("_meta") else { return names }
        guard let variables, let hosts = decoder.fields(variables) else { return nil }
        // Hosts that no group names are not in the inventory.
        for host in hosts.all where seen.contains(host.key) { readVariables(host.node, of: host.key, into: &builder) }
        return nil
    }

    mutating func readVariables(_ node: Node, of name: String, into builder: inout InventoryBuilder) {
        let place = Origin(source, node.position)
        guard let fields = decoder.fields(Field(node, as: "what is said of \(Printable.quoted(name))")),
            let host = builder.host(name, in: nil, at: place)
        else { return }
        for field in fields.all { builder.set(field.key, to: Value(field.node, in: source), ofHost: host) }
    }

    private mutating func readGroup(_ field: Field, into builder: inout InventoryBuilder) {
        guard let group = builder.group(field.key, at: Origin(source, field.keyPosition)) else { return }
        guard field.node.entries != nil else {
            // The short form of old programs: the hosts alone.
            readHosts(field, of: group, into: &builder)
            return
        }
        guard let parts = decoder.fields(field) else { return }
        guard ["hosts", "vars", "children"].contains(where: parts.has) else {
            // As old: variables of a host that is named like the group.
            add(field.key, at: field.keyPosition, to: group, &builder)
            for part in parts.all { builder.set(part.key, to: Value(part.node, in: source), ofGroup: group) }
            return
        }
        for part in parts.all {
            switch part.key {
            case "hosts": readHosts(part, of: group, into: &builder)
            case "vars":
                for variable in decoder.fields(part)?.all ?? [] {
                    builder.set(variable.key, to: Value(variable.node, in: source), ofGroup: group)
                }
            case "children":
                for child in decoder.list(part) ?? [] {
                    let place = Origin(source, child.position)
                    guard let name = decoder.string(child), let index = builder.group(name, at: place) else { continue }
                    builder.addChild(index, to: group, at: place)
                }
            default: break
            }
        }
    }

    private mutating func readHosts(_ part: Field, of group: Int, into builder: inout InventoryBuilder) {
        for item in decoder.list(part) ?? [] {
            if let name = decoder.string(item) { add(name, at: item.position, to: group, &builder) }
        }
    }

    private mutating func add(
        _ name: String,
        at position: Position,
        to group: Int,
        _ builder: inout InventoryBuilder
    ) {
        builder.host(name, in: group, at: Origin(source, position))
        if seen.insert(name).inserted { names.append(name) }
    }
}
