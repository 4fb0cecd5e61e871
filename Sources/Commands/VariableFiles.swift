import Reactor

/// The files of one `group_vars` or `host_vars` folder.
struct VariableFiles {
    private static let endings = [".yml", ".yaml", ".json"]
    private static let deepest = 20

    private let path: String
    private let shown: String
    private let names: Set<String>

    init(_ kind: String, in folder: String, shown: String) {
        path = "\(folder)/\(kind)"
        self.shown = shown.isEmpty ? kind : "\(shown)/\(kind)"
        names = Files.isDirectory(path) ? Set(Files.list(path)) : []
    }

    /// The files that hold variables for a name, in their order: those of the folder of that name or the file without an
    /// ending, else the one file with the first of the endings that there is.
    func files(for name: String) -> [(path: String, shown: String)] {
        if names.isEmpty || name.hasPrefix("/") { return [] }
        for ending in [""] + VariableFiles.endings {
            let file = name + ending
            // A name with a slash means a folder below; one look at the folder answers for all others.
            let isThere = name.contains("/") ? isBelow(name) && Files.exists("\(path)/\(file)") : names.contains(file)
            guard isThere else { continue }
            let entry = (path: "\(path)/\(file)", shown: "\(shown)/\(file)")
            return Files.isDirectory(entry.path) ? inFolder(entry.path, entry.shown, depth: 1) : [entry]
        }
        return []
    }

    // Names come from inventories that may come from elsewhere: none leads out of the folder.
    private func isBelow(_ name: String) -> Bool {
        !name.split(separator: "/").contains("..")
    }

    private func inFolder(_ path: String, _ shown: String, depth: Int) -> [(path: String, shown: String)] {
        guard depth <= VariableFiles.deepest else { return [] }
        var found: [(path: String, shown: String)] = []
        let names = Files.list(path).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        for name in names where !name.hasPrefix(".") && !name.hasSuffix("~") {
            let entry = (path: "\(path)/\(name)", shown: "\(shown)/\(name)")
            let ending = VariableFiles.ending(of: name)
            if Files.isDirectory(entry.path) {
                if ending.isEmpty { found += inFolder(entry.path, entry.shown, depth: depth + 1) }
            } else if ending.isEmpty || VariableFiles.endings.contains(ending) {
                found.append(entry)
            }
        }
        return found
    }

    private static func ending(of name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return String(name[dot...])
    }
}
