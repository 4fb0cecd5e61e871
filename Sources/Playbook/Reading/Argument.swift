package import Document

/// The value of a key, read once for all hosts: its templates are parsed, and what is constant in it stays.
package struct Argument: Sendable {
    indirect enum Content: Sendable {
        case constant(Value)
        case template(Template)
        /// A secret, or something that cannot be read.
        case special(Value)
        case list([Content], Origin)
        case map([(pair: Value.Pair, value: Content)], Origin)
        case condition([Template])
        case group(Arguments)
    }

    /// As written.
    package let key: String
    package let origin: Origin
    let content: Content

    init(_ key: String, _ origin: Origin, _ content: Content) {
        self.key = key
        self.origin = origin
        self.content = content
    }

    init(_ key: String, _ value: Value, _ diagnostics: inout Diagnostics) {
        self.key = key
        origin = value.origin
        content = Argument.content(of: value, &diagnostics)
    }

    /// The value where nothing in it needs a host.
    package var constant: Value? {
        if case .constant(let value) = content { value } else { nil }
    }

    private static func content(of value: Value, _ diagnostics: inout Diagnostics) -> Content {
        guard value.isInPlay else { return .constant(value) }
        switch value.content {
        case .string(let text):
            do throws(DocumentError) {
                return .template(try Template(text, at: value.origin))
            } catch {
                diagnostics.add(contentsOf: error.diagnostics)
                return .constant(value)
            }
        case .list(let values):
            return .list(values.map { content(of: $0, &diagnostics) }, value.origin)
        case .map(let pairs):
            return .map(pairs.map { ($0, content(of: $0.value, &diagnostics)) }, value.origin)
        default:
            return .special(value)
        }
    }
}

/// The keys of a task's kind, by their first names.
package struct Arguments: Sendable {
    private var values: [String: Argument] = [:]
    package let origin: Origin

    init(origin: Origin) { self.origin = origin }

    package internal(set) subscript(_ name: String) -> Argument? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// Those that are given, of these.
    func given(_ names: [String]) -> [Argument] { names.compactMap { values[$0] } }
}
