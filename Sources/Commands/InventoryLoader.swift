package import Document
package import Inventory
package import Reactor

/// Brings the inventory room what it reads: files, folders of files, what programs print, and the variable files beside
/// all of these. What is wrong anywhere is told at once, at the end.
package struct InventoryLoader {
    /// One `-i`: what the user called it, and where it is.
    package struct Argument: Sendable {
        package var shown: String
        package var path: String

        package init(shown: String, path: String) {
            self.shown = shown
            self.path = path
        }
    }

    /// A folder that may hold `group_vars` and `host_vars`.
    private struct Folder {
        var shown: String
        var path: String

        var parent: Folder {
            Folder(shown: Folder.parent(of: shown) ?? "", path: Folder.parent(of: path) ?? ".")
        }

        private static func parent(of path: String) -> String? {
            path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
        }
    }

    private var builder = InventoryBuilder()
    private var folders: [Folder] = []
    private let programs: InventoryProgram

    private init(_ programs: InventoryProgram) {
        self.programs = programs
    }

    package static func load(
        _ arguments: [Argument],
        environment: [String: String],
        directory: String,
        on loop: Loop
    ) async throws(DocumentError) -> Inventory {
        var loader = InventoryLoader(InventoryProgram(environment: environment, directory: directory, loop: loop))
        for argument in arguments { await loader.add(argument) }
        loader.addVariableFiles()
        return try loader.builder.finish()
    }

    // MARK: Inventories

    private mutating func add(_ argument: Argument) async {
        if argument.shown.contains(","), !Files.exists(argument.path) {
            builder.addHostList(argument.shown, from: "-i")
            return
        }
        if Files.isDirectory(argument.path) {
            let shown = InventoryLoader.withoutSlash(argument.shown)
            let path = InventoryLoader.withoutSlash(argument.path)
            folders.append(Folder(shown: shown, path: path))
            await addFolder(Folder(shown: shown, path: path), below: [])
        } else {
            folders.append(Folder(shown: argument.shown, path: argument.path).parent)
            await addFile(Folder(shown: argument.shown, path: argument.path))
        }
    }

    /// `above` are the folders that this one lies in: a link back to one of them would go round for ever.
    private mutating func addFolder(_ folder: Folder, below above: [String]) async {
        let identity = Files.identity(folder.path) ?? folder.path
        if above.contains(identity) {
            fail(folder.shown, "is a link to a folder that it lies in")
            return
        }
        guard above.count < 20 else {
            fail(folder.shown, "the folders lie too deep in each other")
            return
        }
        let names: [String]
        do throws(SystemError) {
            names = try Files.entries(folder.path)
        } catch {
            fail(folder.shown, "cannot be read: \(error.reason)")
            return
        }
        for name in InventoryLoader.inByteOrder(names) where !Ignored.isIgnored(name) {
            let entry = Folder(shown: "\(folder.shown)/\(name)", path: "\(folder.path)/\(name)")
            if Files.isDirectory(entry.path) {
                await addFolder(entry, below: above + [identity])
            } else {
                await addFile(entry, regularOnly: true)
            }
        }
    }

    /// What is named on the command line may be a pipe of the shell's; what lies in a folder may not.
    private mutating func addFile(_ file: Folder, regularOnly: Bool = false) async {
        guard let source = read(file, regularOnly: regularOnly) else { return }
        guard InventoryProgram.isProgram(file.path, source.bytes) else {
            builder.add(source)
            return
        }
        do throws(DocumentError) {
            try await programs.add(file.path, shown: file.shown, to: &builder)
        } catch {
            builder.diagnostics.add(contentsOf: error.diagnostics)
        }
    }

    private mutating func read(_ file: Folder, regularOnly: Bool) -> SourceText? {
        do throws(SystemError) {
            return SourceText(name: file.shown, bytes: try Files.read(file.path, regularOnly: regularOnly))
        } catch {
            let isOdd = error.doing.hasSuffix("no regular file")
            fail(file.shown, isOdd ? "is no regular file" : "cannot be read: \(error.reason)")
            return nil
        }
    }

    private mutating func fail(_ name: String, _ message: String) {
        builder.diagnostics.add(Diagnostic(message, in: SourceText(name: name, text: ""), at: nil))
    }

    // MARK: Variable files

    private mutating func addVariableFiles() {
        // A folder that two inventories lie in is as strong as the later of them.
        for (number, folder) in folders.enumerated()
        where !folders[(number + 1)...].contains(where: { $0.path == folder.path }) {
            do throws(VariableFiles.Unreadable) {
                let groups = try VariableFiles("group_vars", in: folder.path, shown: folder.shown)
                for name in builder.groupNames { try add(groups, .group(name), name, number) }
                let hosts = try VariableFiles("host_vars", in: folder.path, shown: folder.shown)
                for name in builder.hostNames { try add(hosts, .host(name), name, number) }
            } catch {
                fail(error.shown, error.reason)
            }
        }
    }

    private mutating func add(
        _ files: VariableFiles,
        _ scope: Scope,
        _ name: String,
        _ folder: Int
    ) throws(VariableFiles.Unreadable) {
        for file in try files.files(for: name) {
            if let source = read(Folder(shown: file.shown, path: file.path), regularOnly: true) {
                builder.addVariables(source, of: scope, folder: folder)
            }
        }
    }

    // MARK: Names

    private static func withoutSlash(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    // As Python sorts the names of files.
    private static func inByteOrder(_ names: [String]) -> [String] {
        names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// What a folder of inventories may hold besides.
private enum Ignored {
    private static let endings = [
        ".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry",
    ]

    static func isIgnored(_ name: String) -> Bool {
        name.hasPrefix(".") || ["host_vars", "group_vars", "vars_plugins"].contains(name)
            || endings.contains { name.hasSuffix($0) }
    }
}
