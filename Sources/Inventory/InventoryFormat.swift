package import Document

/// How an inventory is written.
package enum InventoryFormat: Sendable {
    case yaml
    case ini
}

extension InventoryBuilder {
    /// Adds an inventory, in the format that its name and its text show. What is wrong with it is told by `finish()`.
    package mutating func add(_ source: SourceText, limits: Limits = Limits()) {
        if let refusal = InventoryFormat.refusal(of: source) {
            diagnostics.add(refusal)
            return
        }
        var earlier = diagnostics
        diagnostics = Diagnostics()
        read(source, limits)
        // Several readers have had their say of one file.
        diagnostics.sortByPosition()
        earlier.add(contentsOf: diagnostics)
        diagnostics = earlier
    }

    private mutating func read(_ source: SourceText, _ limits: Limits) {
        var found = Diagnostics()
        switch InventoryFormat.byName(source.name) {
        case .yaml: add(InventoryFormat.tree(source, limits, &found), of: source)
        case .ini: addINI(source)
        case nil:
            // Ansible tries YAML first, and takes what is no mapping for INI.
            let root = InventoryFormat.tree(source, limits, &found)
            if root?.entries != nil || (found.hasErrors && !InventoryFormat.looksLikeINI(source)) {
                add(root, of: source)
            } else {
                found = Diagnostics()
                addINI(source)
            }
        }
        diagnostics.add(contentsOf: found)
    }

    private mutating func add(_ root: Node?, of source: SourceText) {
        guard let root else { return }
        if root["_meta"] != nil {
            // What `ansible-inventory --list` wrote to a file.
            addListing(root, of: source)
        } else {
            addYAML(root, of: source)
        }
    }
}

extension InventoryFormat {
    /// What the extension says; nil where there is none.
    static func byName(_ name: String) -> InventoryFormat? {
        let file = name.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return nil }
        switch file[dot...] {
        case ".yml", ".yaml", ".json": return .yaml
        default: return .ini
        }
    }

    /// The tree of a YAML or JSON text, with what is wrong with it.
    static func tree(_ source: SourceText, _ limits: Limits, _ diagnostics: inout Diagnostics) -> Node? {
        if JSONText.isLikely(source), let node = try? JSONText.parse(source, limits: limits) { return node }
        return YAML.parse(source, limits: limits, duplicates: .lastCounts, diagnostics: &diagnostics)
    }

    static func isEncrypted(_ source: SourceText) -> Bool {
        source.bytes.starts(with: "$ANSIBLE_VAULT;".utf8)
    }

    fileprivate static func refusal(of source: SourceText) -> Diagnostic? {
        if isEncrypted(source) {
            let hint = "encrypt variables, not the inventory; or give Baton what ansible-vault view prints"
            return Diagnostic("the inventory is encrypted as a whole", in: source, at: nil, hint: hint)
        }
        if source.name.hasSuffix(".toml") {
            let hint = "give Baton what \"ansible-inventory --list\" makes of it, as a .json file"
            return Diagnostic("inventories in TOML cannot be read", in: source, at: nil, hint: hint)
        }
        return nil
    }

    // A line with a group in brackets, or the assignments that INI has behind a host name. YAML has colons.
    fileprivate static func looksLikeINI(_ source: SourceText) -> Bool {
        for number in 1...source.lineCount {
            guard let range = source.byteRange(ofLine: number) else { break }
            let line = source.bytes[range].drop { $0 == 0x20 || $0 == 0x09 }
            guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            if first == UInt8(ascii: "["), line.contains(UInt8(ascii: "]")) { return true }
            let word = line.prefix { $0 != 0x20 && $0 != 0x09 }
            if word.last == UInt8(ascii: ":") || first == UInt8(ascii: "-") { return false }
            if line.contains(UInt8(ascii: "=")) { return true }
        }
        return true
    }
}
