package import Document

/// A playbook: plays, one after the other.
package struct Playbook: Sendable {
    package var source: SourceText
    package var plays: [Play]

    package static let mostTasks = 5000
    package static let mostPlays = 1000

    package var tasks: [TaskDefinition] { plays.flatMap(\.tasks) }

    /// What is wrong with the files that it names, as far as that can be told without an inventory.
    package func checkFiles(_ contents: Contents) -> Diagnostics {
        var diagnostics = Diagnostics()
        for task in tasks { task.body.checkFiles(contents, &diagnostics) }
        return diagnostics
    }

    /// Everything that is wrong with the text, at once.
    package static func parse(_ source: SourceText, limits: Limits = Limits()) throws(DocumentError) -> Playbook {
        var diagnostics = Diagnostics()
        let playbook = parse(source, limits: limits, diagnostics: &diagnostics)
        try diagnostics.throwIfErrors()
        return playbook ?? Playbook(source: source, plays: [])
    }

    /// For a caller that has other files to look at too. Nil where the text cannot be read at all.
    package static func parse(
        _ source: SourceText,
        limits: Limits = Limits(),
        diagnostics: inout Diagnostics
    ) -> Playbook? {
        var own = Diagnostics()
        defer {
            own.sortByPosition()
            diagnostics.add(contentsOf: own)
        }
        guard let root = YAML.parse(source, limits: limits, diagnostics: &own) else { return nil }
        var decoder = PlaybookDecoder(source)
        let plays = decoder.plays(root)
        own.add(contentsOf: decoder.decoder.diagnostics)
        return Playbook(source: source, plays: plays)
    }
}
