/// The text of a template, and how a place in it is found in the file it comes from.
struct TemplateText: Sendable {
    let bytes: [UInt8]
    let origin: Origin
    /// False where the text is a value in a YAML file: there quotes, escapes and folding lie between the two.
    let isFile: Bool

    /// A whole file.
    init(_ source: SourceText) {
        bytes = source.bytes
        origin = Origin(source, .start)
        isFile = true
    }

    /// A value of a YAML, JSON or INI file.
    init(_ text: String, at origin: Origin) {
        bytes = Array(text.utf8)
        self.origin = origin
        isFile = false
    }

    /// The place of a byte in the file. Where it cannot be told, that of the value.
    func position(ofByte offset: Int) -> Position {
        if isFile { return origin.source.position(ofByte: offset) }
        return ScalarPlaces(of: origin, decodedAs: bytes)?.position(ofByte: offset) ?? origin.position
    }

    func diagnostic(
        _ message: String,
        at offset: Int,
        hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(message, in: origin.source, at: position(ofByte: offset), hint: hint)
    }
}
