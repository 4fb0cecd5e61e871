/// What a key that a mapping has twice is.
package enum DuplicateKeys: Sendable {
    /// An error, as befits files that are ours.
    case refused
    /// Worth a warning, as in Ansible: files that have worked for years go on working.
    case lastCounts
}

/// Reading YAML 1.1, in the subset and with the resolution that Ansible users know.
package enum YAML {
    /// The one document of a text. An empty text gives a null node.
    ///
    /// Nil where it cannot be read at all; a node with errors in `diagnostics` where reading could go on, so that a
    /// caller may look for more errors before it gives up.
    package static func parse(
        _ source: SourceText,
        limits: Limits = Limits(),
        duplicates: DuplicateKeys = .refused,
        diagnostics: inout Diagnostics
    ) -> Node? {
        if let problem = problemBeforeParsing(source, limits: limits) {
            diagnostics.add(problem)
            return nil
        }
        let start = source.markLength
        guard source.bytes.count > start else { return .null(at: .start) }
        return source.bytes.withUnsafeBufferPointer { bytes in
            var composer = Composer(
                events: EventParser(reading: UnsafeBufferPointer(rebasing: bytes[start...])),
                source: source,
                limits: limits,
                duplicates: duplicates
            )
            let node = composer.document()
            diagnostics.add(contentsOf: composer.diagnostics)
            return node
        }
    }

    /// As above, for a caller that has nothing to add to the errors.
    package static func parse(_ source: SourceText, limits: Limits = Limits()) throws(DocumentError) -> Node {
        var diagnostics = Diagnostics()
        let node = parse(source, limits: limits, diagnostics: &diagnostics)
        try diagnostics.throwIfErrors()
        return node ?? .null(at: .start)
    }

    private static func problemBeforeParsing(_ source: SourceText, limits: Limits) -> Diagnostic? {
        let bytes = source.bytes
        if bytes.count > limits.inputBytes {
            return Diagnostic("the file has more than \(limits.inputBytes) bytes", in: source, at: nil)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return Diagnostic("the file is UTF-16", in: source, at: nil, hint: "save it as UTF-8")
        }
        return byteAfterDirectives(bytes, most: limits.directiveLines).map { offset in
            Diagnostic("too many lines start with %", in: source, at: source.position(ofByte: offset))
        }
    }

    // Where the first line starts that is one too many with a `%`.
    private static func byteAfterDirectives(_ bytes: [UInt8], most: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var previous = UInt8(ascii: "\n")
            var count = 0
            for (offset, byte) in bytes.enumerated() {
                if byte == UInt8(ascii: "%"), previous == UInt8(ascii: "\n") || previous == UInt8(ascii: "\r") {
                    count += 1
                    if count > most { return offset }
                }
                previous = byte
            }
            return nil
        }
    }
}
