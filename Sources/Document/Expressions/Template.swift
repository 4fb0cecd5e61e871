import Text

/// A template: a text with `{{ }}` and `{% %}` in it, read once and evaluated for each host.
package struct Template: Sendable {
    let text: TemplateText
    let body: [Statement]
    /// Line ends at the end of the text, which stay as many.
    let lineEnds: Int
    /// Whether it is a bare expression, as behind `when:`.
    let isExpression: Bool

    /// A template file. Everything that is wrong with its form is an error here, with its place.
    package init(file source: SourceText, limits: TemplateLimits = TemplateLimits()) throws(DocumentError) {
        if let offset = Template.firstBadByte(in: source.bytes) {
            let position = source.position(ofByte: offset)
            let hint = "save the file as UTF-8"
            throw DocumentError(Diagnostic("the text is not UTF-8 here", in: source, at: position, hint: hint))
        }
        try self.init(TemplateText(source), isExpression: false, limits: limits)
    }

    /// A text in a YAML file, read as a template whether or not it holds braces.
    package init(
        _ text: String,
        at origin: Origin,
        limits: TemplateLimits = TemplateLimits()
    ) throws(DocumentError) {
        try self.init(TemplateText(text, at: origin), isExpression: false, limits: limits)
    }

    /// What stands behind `when:` and its like: an expression without braces, or a template of nothing else.
    package init(
        condition: String,
        at origin: Origin,
        limits: TemplateLimits = TemplateLimits()
    ) throws(DocumentError) {
        let hasBraces = condition.utf8.starts(with: "{{".utf8) || condition.utf8.starts(with: "{%".utf8)
        try self.init(TemplateText(condition, at: origin), isExpression: !hasBraces, limits: limits)
    }

    private init(_ text: TemplateText, isExpression: Bool, limits: TemplateLimits) throws(DocumentError) {
        self.text = text
        self.isExpression = isExpression
        lineEnds = isExpression ? 0 : text.bytes.reversed().prefix { $0 == 0x0A }.count
        do throws(TemplateProblem) {
            if isExpression {
                let expression = try TemplateParser.expression(of: text, limits: limits)
                body = [.insertion(expression, offset: expression.offset)]
            } else {
                // Line ends too are left as they are in a text without any braces.
                body =
                    try !TemplateLexer.hasOpening(text.bytes)
                    ? [.data(String(decoding: text.bytes, as: UTF8.self))]
                    : TemplateParser.statements(of: text, limits: limits)
            }
        } catch {
            throw DocumentError(text.diagnostic(error.message, at: error.offset, hint: error.hint))
        }
    }

    /// The text that it always comes to; nil where there is something to evaluate.
    package var constant: String? {
        guard !isExpression else { return nil }
        if body.isEmpty { return String(repeating: "\n", count: lineEnds) }
        if body.count == 1, case .data(let text) = body[0], !TemplateLexer.hasOpening(self.text.bytes) { return text }
        return nil
    }

    /// As it was written.
    package var written: String { String(decoding: text.bytes, as: UTF8.self) }
    package var origin: Origin { text.origin }

    /// What is known by name, for the reference.
    package static var filterNames: [String] { Filter.names }
    package static var testNames: [String] { Test.names }
    package static var methodNames: [String] { Method.names }

    /// Whether a text holds anything to evaluate. A comment alone does not make a template: `{#` stands in shell scripts.
    package static func isLikely(_ text: String) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if previous == UInt8(ascii: "{"), byte == UInt8(ascii: "{") || byte == UInt8(ascii: "%") { return true }
            previous = byte
        }
        return false
    }

    private static func firstBadByte(in bytes: [UInt8]) -> Int? {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            let step = UTF8Step.next(in: bytes, at: index)
            if step.scalar == nil { return index }
            index += step.length
        }
        return nil
    }
}
