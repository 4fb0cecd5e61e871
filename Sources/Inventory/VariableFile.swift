package import Document
import Text

extension InventoryBuilder {
    /// Adds a file of `group_vars` or `host_vars`. Of a folder's files for one name, the later is the stronger; of
    /// folders, the one with the higher number. A name that no inventory has is passed over, as in Ansible.
    package mutating func addVariables(
        _ source: SourceText,
        of scope: Scope,
        folder: Int,
        limits: Limits = Limits()
    ) {
        if InventoryFormat.isEncrypted(source) {
            withLevel(of: scope, folder: folder) { $0.sealed.append(source) }
            return
        }
        var found = Diagnostics()
        defer { diagnostics.add(contentsOf: found) }
        guard let root = InventoryFormat.tree(source, limits, &found) else { return }
        guard let entries = root.entries else {
            // What Python takes for false is an empty file.
            if root.isNull || root.elements?.isEmpty == true || root.text?.isEmpty == true { return }
            found.add(
                Diagnostic("a file of variables must be a mapping, not \(root.summary)", in: source, at: root.position)
            )
            return
        }
        withLevel(of: scope, folder: folder) { level in
            for entry in entries { level.set(entry.keyText, Value(entry.value, in: source)) }
        }
    }
}
