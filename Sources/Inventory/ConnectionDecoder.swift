package import Document
import Text

extension Host {
    /// The connection settings among the variables, or all that is wrong with them.
    package func connection() throws(DocumentError) -> Connection {
        var decoder = ConnectionDecoder(self)
        let connection = decoder.decode()
        try decoder.diagnostics.throwIfErrors()
        return connection
    }
}

/// Reads connection settings out of the variables of a host.
///
/// The strongest level that has any of a setting's names decides. Two names on one level must agree.
private struct ConnectionDecoder {
    var diagnostics = Diagnostics()
    private let host: Host
    // Asked for each setting; the strongest first.
    private let levels: [Level]

    init(_ host: Host) {
        self.host = host
        levels = host.levels.reversed()
    }

    mutating func decode() -> Connection {
        var result = Connection(address: host.name)
        result.address = first(ConnectionSetting.address) { $0.word($1) } ?? host.name
        result.port = first(ConnectionSetting.port) { $0.int($1, in: 1...65535) }
        result.user = first(ConnectionSetting.user) { $0.word($1) }
        result.privateKeyFile = first(ConnectionSetting.privateKeyFile) { $0.path($1) }
        result.become = first(ConnectionSetting.become) { $0.bool($1) } ?? false
        result.becomeUser = first(ConnectionSetting.becomeUser) { $0.word($1) }
        result.becomeMethod = first(ConnectionSetting.becomeMethod) { $0.word($1) }
        result.becomePassword = first(ConnectionSetting.becomePassword) { $0.password($1) }
        result.hostKeys = first(ConnectionSetting.hostKeys) { $0.hostKeys($1) } ?? []
        result.connectTimeout = first(ConnectionSetting.connectTimeout) { decoder, definition in
            decoder.int(definition, in: 1...86400).map { .seconds($0) }
        }
        return result
    }

    private typealias Read<T> = (inout ConnectionDecoder, Definition) -> T?

    private mutating func first<T: Equatable>(_ names: [String], _ read: Read<T>) -> T? {
        for level in levels {
            let given = names.compactMap { level[$0] }
            guard let chosen = given.first else { continue }
            // A null says that there is none, whatever a weaker level says.
            let values = given.map { $0.value.content == .null ? nil : read(&self, $0) }
            let isBad = zip(given, values).contains { $0.value.content != .null && $1 == nil }
            for (other, value) in zip(given, values).dropFirst() where !isBad && value != values[0] {
                disagree(chosen, other)
            }
            return values[0]
        }
        return nil
    }

    private mutating func disagree(_ first: Definition, _ second: Definition) {
        let source = second.value.origin.source
        diagnostics.add(
            Diagnostic(
                "\(second.name) and \(first.name) mean the same but differ",
                in: source,
                at: second.value.origin.position,
                hint: "keep one of them",
                notes: [
                    Diagnostic.Note(
                        "\(first.name) is here",
                        in: first.value.origin.source,
                        at: first.value.origin.position
                    )
                ],
                showsSource: !isSecret(first.name)
            )
        )
    }

    // MARK: Kinds of values

    private mutating func text(_ definition: Definition, expected: String = "a text") -> String? {
        guard isUsable(definition) else { return nil }
        switch definition.value.content {
        case .string, .int, .float, .bool: return definition.value.text
        default:
            wrong(definition, expected: expected)
            return nil
        }
    }

    // A name or an address: it becomes an argument of programs.
    private mutating func word(_ definition: Definition) -> String? {
        guard let text = text(definition) else { return nil }
        guard let problem = Name.problem(with: text) else { return text }
        error(definition, "\(definition.name) \(problem)")
        return nil
    }

    private mutating func path(_ definition: Definition) -> String? {
        guard let text = text(definition) else { return nil }
        if text.isEmpty {
            error(definition, "\(definition.name) is empty")
            return nil
        }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            error(definition, "\(definition.name) contains a control character")
            return nil
        }
        return text
    }

    private mutating func password(_ definition: Definition) -> Password? {
        guard isUsable(definition) else { return nil }
        switch definition.value.content {
        case .string, .int, .float, .bool: return definition.value.text.map { Password($0) }
        default:
            error(definition, "\(definition.name) must be a text")
            return nil
        }
    }

    // Ansible also takes numbers and booleans in quotes.
    private mutating func int(_ definition: Definition, in range: ClosedRange<Int>) -> Int? {
        guard isUsable(definition) else { return nil }
        var number: Int?
        switch definition.value.content {
        case .int(let value): number = value
        case .string(let text) where text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }): number = Int(text)
        default: break
        }
        if let number, range.contains(number) { return number }
        wrong(definition, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    private mutating func bool(_ definition: Definition) -> Bool? {
        guard isUsable(definition) else { return nil }
        switch definition.value.content {
        case .bool(let value): return value
        case .int(1): return true
        case .int(0): return false
        case .string(let text):
            switch text.lowercased() {
            case "yes", "true", "on", "y", "t", "1": return true
            case "no", "false", "off", "n", "f", "0": return false
            default: break
            }
        default: break
        }
        wrong(definition, expected: "true or false")
        return nil
    }

    private mutating func hostKeys(_ definition: Definition) -> [String]? {
        guard isUsable(definition) else { return nil }
        let values: [Value]
        if case .list(let list) = definition.value.content { values = list } else { values = [definition.value] }
        let keys = values.compactMap { value -> String? in
            if case .string(let text) = value.content, let key = HostKeyText.normalized(text) { return key }
            let hint = "as in a known_hosts file: \"ssh-ed25519 AAAA...\""
            error(
                definition,
                at: value,
                "\(definition.name) must be a key type and a key, not \(value.summary)",
                hint: hint
            )
            return nil
        }
        return keys.count == values.count ? keys : nil
    }

    // MARK: Reporting

    private func isSecret(_ name: String) -> Bool {
        ConnectionSetting.becomePassword.contains(name)
    }

    private mutating func isUsable(_ definition: Definition) -> Bool {
        if case .opaque(let tag) = definition.value.content {
            error(definition, "\(definition.name) is needed, but \(Printable.line(tag, limit: 60)) cannot be read")
            return false
        }
        // A password may contain anything; a template for one begins with its braces.
        let isExpression =
            isSecret(definition.name)
            ? definition.value.text?.hasPrefix("{{") == true : definition.value.isExpression
        if isExpression {
            error(definition, "\(definition.name) is needed, but expressions cannot be used in it")
            return false
        }
        return true
    }

    private mutating func wrong(_ definition: Definition, expected: String) {
        error(definition, "\(definition.name) must be \(expected), not \(definition.value.summary)")
    }

    private mutating func error(
        _ definition: Definition,
        at part: Value? = nil,
        _ message: String,
        hint: String? = nil
    ) {
        let origin = (part ?? definition.value).origin
        let showsSource = !isSecret(definition.name)
        diagnostics.add(
            Diagnostic(message, in: origin.source, at: origin.position, hint: hint, showsSource: showsSource)
        )
    }
}

/// The form of a host key in a file: `TYPE BASE64`, and perhaps a comment.
private enum HostKeyText {
    static func normalized(_ text: String) -> String? {
        let words = text.split { $0 == " " || $0 == "\t" }
        guard words.count >= 2, !text.contains(where: \.isNewline) else { return nil }
        let isType = words[0].utf8.allSatisfy { byte in
            isLetterOrDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "@") || byte == UInt8(ascii: ".")
        }
        let isKey = words[1].utf8.allSatisfy { byte in
            isLetterOrDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "=")
        }
        guard isType, isKey, words[0].contains("-"), words[1].hasPrefix("AAAA") else { return nil }
        return words[0] + " " + words[1]
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
