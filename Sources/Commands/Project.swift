import Document
import Inventory
import Reactor

/// The folder a user works in, and what its `baton.yml` says.
struct Project {
    struct Settings: Equatable {
        var inventory: [String] = []
        var forks: Int?
        var output: String?
    }

    /// The folder of baton.yml, else the current one.
    let root: String
    let settings: Settings

    static let fileName = "baton.yml"
    private static let highest = 40

    static func find(_ context: Context) throws(CommandError) -> Project {
        var directory = context.directory
        for _ in 0..<highest {
            let file = directory == "/" ? "/\(fileName)" : "\(directory)/\(fileName)"
            if Files.exists(file) {
                // It names the inventory: whoever writes it says which hosts are meant.
                guard Files.isTrusted(file) else {
                    throw CommandError("\(file) may be written by others", hint: "it must belong to you or to root")
                }
                return Project(root: directory, settings: try read(file))
            }
            guard directory != "/", let slash = directory.lastIndex(of: "/") else { break }
            directory = slash == directory.startIndex ? "/" : String(directory[..<slash])
        }
        return Project(root: context.directory, settings: Settings())
    }

    private static func read(_ file: String) throws(CommandError) -> Settings {
        let source = try Source.read(file, shown: file)
        do throws(DocumentError) {
            let node = try YAML.parse(source)
            var decoder = NodeDecoder(source)
            var settings = Settings()
            if !node.isNull {
                let fields = decoder.fields(Field(node, as: fileName), known: ["inventory", "forks", "output"])
                if let inventory = fields?["inventory"] { settings.inventory = Self.oneOrMore(inventory, &decoder) }
                if let forks = fields?["forks"] { settings.forks = decoder.int(forks, in: 1...10_000) }
                if let output = fields?["output"] {
                    settings.output = decoder.choice(output, of: CommonOptions.Output.allCases.map(\.rawValue))
                }
            }
            try decoder.diagnostics.throwIfErrors()
            return settings
        } catch {
            throw CommandError(rendered: error.description)
        }
    }
}

extension Project {
    /// One file needs no list.
    private static func oneOrMore(_ field: Field, _ decoder: inout NodeDecoder) -> [String] {
        if case .scalar = field.node.content { return decoder.string(field).map { [$0] } ?? [] }
        return decoder.strings(field) ?? []
    }
}

/// Files as the readers below want them: bytes and the name people gave.
enum Source {
    static func read(_ path: String, shown: String) throws(CommandError) -> SourceText {
        if Files.isDirectory(path) { throw CommandError("\(shown) is a directory, not a file") }
        do throws(SystemError) {
            return SourceText(name: shown, bytes: try Files.read(path))
        } catch {
            throw CommandError("cannot read \(shown): \(error.reason)")
        }
    }
}
