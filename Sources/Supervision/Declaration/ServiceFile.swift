package import Document

/// A file of services and releases.
package struct ServiceFile: Sendable {
    package var source: SourceText
    package var releases: [ReleaseDeclaration]
    package var services: [ServiceDeclaration]

    package static let mostServices = 1000

    /// Everything that is wrong with the text, at once.
    package static func parse(_ source: SourceText, limits: Limits = Limits()) throws(DocumentError) -> ServiceFile {
        var diagnostics = Diagnostics()
        let file = parse(source, limits: limits, diagnostics: &diagnostics)
        try diagnostics.throwIfErrors()
        return file ?? ServiceFile(source: source, releases: [], services: [])
    }

    /// For a caller that has other files to look at too. Nil where the text cannot be read at all.
    package static func parse(
        _ source: SourceText,
        limits: Limits = Limits(),
        diagnostics: inout Diagnostics
    ) -> ServiceFile? {
        var own = Diagnostics()
        defer {
            own.sortByPosition()
            diagnostics.add(contentsOf: own)
        }
        guard let root = YAML.parse(source, limits: limits, diagnostics: &own) else { return nil }
        var decoder = ServiceFileDecoder(source)
        let file = decoder.file(root)
        own.add(contentsOf: decoder.decoder.diagnostics)
        return file
    }
}
