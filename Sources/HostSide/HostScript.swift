internal import Shell

/// Functions of a room above, sent once per program however many of its scripts need them.
package struct ScriptLibrary: Hashable, Sendable {
    package let name: String
    package let source: String

    /// `source` is shell text; its comments are not sent.
    package init(_ name: String, source: String) {
        self.name = name
        self.source = source
    }
}

/// A call of shell functions that this room knows nothing of: how rooms above have hosts looked at and changed.
package struct HostScript: Hashable, Sendable {
    /// In the order in which they build on each other.
    package var libraries: [ScriptLibrary]
    /// What they need of the library that everybody shares.
    package var parts: Set<HostLibrary>
    /// Functions and variables of its own, read right before the call. Only here may secrets be: it is shown to nobody.
    package var text: String
    /// A function and its arguments, as data.
    package var call: [String]

    package init(libraries: [ScriptLibrary] = [], parts: Set<HostLibrary> = [], text: String = "", call: [String]) {
        self.libraries = libraries
        self.parts = parts
        self.text = text
        self.call = call
    }

    package var withoutSecrets: HostScript {
        var script = self
        if !text.isEmpty { script.text = "# (secret)\n" }
        return script
    }

    /// As much of its output as is kept of a look.
    package static let lookLimit = 256 << 10

    var words: String { Quoting.line(call) }
}

/// The libraries of several scripts, each once.
struct ScriptLibraries {
    private var names: Set<String> = []
    private(set) var text = ""

    mutating func add(_ script: HostScript) {
        for library in script.libraries where names.insert(library.name).inserted {
            text += HostLibrary.code(of: library.source)
        }
    }
}
