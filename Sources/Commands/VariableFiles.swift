import Reactor

/// The files of one `group_vars` or `host_vars` folder.
struct VariableFiles {
    private static let endings = [".yml", ".yaml", ".json"]
    private static let deepest = 20

    private let path: String
    private let shown: String
    private let names: Set<String>

    /// A folder that cannot be read: its hosts would go on without their variables.
    struct Unreadable: Error {
        let shown: String
        let reason: String
    }

    init(_ kind: String, in folder: String, shown: String) throws(Unreadable) {
        let path = "\(folder)/\(kind)"
        let place = shown.isEmpty ? kind : "\(shown)/\(kind)"
        names = Files.isDirectory(path) ? Set(try VariableFiles.entries(path, place)) : []
        self.path = path
        self.shown = place
    }

    private static func entries(_ path: String, _ shown: String) throws(Unreadable) -> [String] {
        do throws(SystemError) {
            return try Files.entries(path)
        } catch {
            throw Unreadable(shown: shown, reason: "cannot be read: \(error.reason)")
        }
    }

    /// The files that hold variables for a name, in their order: those of the folder of that name or the file without an
    /// ending, else the one file with the first of the endings that there is.
    func files(for name: String) throws(Unreadable) -> [(path: String, shown: String)] {
        if names.isEmpty || name.hasPrefix("/") { return [] }
        for ending in [""] + VariableFiles.endings {
            let file = name + ending
            // A name with a slash means a folder below; one look at the folder answers for all others.
            let isThere = name.contains("/") ? isBelow(name) && Files.exists("\(path)/\(file)") : names.contains(file)
            guard isThere else { continue }
            let entry = (path: "\(path)/\(file)", shown: "\(shown)/\(file)")
            return Files.isDirectory(entry.path) ? try inFolder(entry.path, entry.shown, below: []) : [entry]
        }
        return []
    }

    // Names come from inventories that may come from elsewhere: none leads out of the folder.
    private func isBelow(_ name: String) -> Bool {
        !name.split(separator: "/").contains("..")
    }

    private func inFolder(
        _ path: String,
        _ shown: String,
        below above: [String]
    ) throws(Unreadable) -> [(path: String, shown: String)] {
        let identity = Files.identity(path) ?? path
        if above.contains(identity) {
            throw Unreadable(shown: shown, reason: "is a link to a folder that it lies in")
        }
        guard above.count < VariableFiles.deepest else {
            throw Unreadable(shown: shown, reason: "the folders lie too deep in each other")
        }
        var found: [(path: String, shown: String)] = []
        let names = try VariableFiles.entries(path, shown).sorted {
            $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
        }
        for name in names where !name.hasPrefix(".") && !name.hasSuffix("~") {
            let entry = (path: "\(path)/\(name)", shown: "\(shown)/\(name)")
            let ending = VariableFiles.ending(of: name)
            if Files.isDirectory(entry.path) {
                if ending.isEmpty { found += try inFolder(entry.path, entry.shown, below: above + [identity]) }
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
