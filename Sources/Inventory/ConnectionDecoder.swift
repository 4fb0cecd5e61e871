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
private struct ConnectionDecoder {
    var diagnostics = Diagnostics()
    private let host: Host
    private let isInAnsibleWords: Bool

    init(_ host: Host) {
        self.host = host
        isInAnsibleWords = host.ansibleWords != nil
    }

    mutating func decode() -> Connection {
        var result = Connection(address: host.name)
        result.address = first(.address) { $0.word($1) } ?? nameAsAddress()
        result.port = first(.port) { $0.int($1, in: 1...65535) }
        result.user = first(.user) { $0.word($1) }
        result.privateKeyFile = first(.privateKeyFile) { $0.path($1) }
        result.become = first(.become) { $0.bool($1) } ?? false
        result.becomeUser = first(.becomeUser) { $0.word($1) }
        result.becomeMethod = first(.becomeMethod) { $0.word($1) }
        result.becomePassword = first(.becomePassword) { $0.password($1) }
        result.connectTimeout = first(.connectTimeout) { decoder, definition in
            decoder.int(definition, in: 1...86400).map { .seconds($0) }
        }
        // Most who have a key have no use for the password that is there too: one that cannot be read is no error here.
        result.password = definition(of: .password).flatMap { $0.value.isExpression ? nil : Self.password($0) }
        result.hostKeys = hostKeys()
        result.acceptsNewHostKeys = first(.hostKeyChecking) { $0.bool($1) } == false
        result.transport = transport()
        result.jump = first(.jump) { $0.word($1) }
        result.sshArguments = arguments()
        return result
    }

    // The definition that counts: a null says that there is none.
    private func definition(of setting: ConnectionSetting) -> Definition? {
        let names = isInAnsibleWords ? setting.ansible : setting.short.map { [$0] } ?? []
        for name in names.reversed() {
            if let definition = host.variable(named: name), definition.value.content != .null { return definition }
        }
        return nil
    }

    private mutating func first<T>(
        _ setting: ConnectionSetting,
        _ read: (inout ConnectionDecoder, Definition) -> T?
    ) -> T? {
        definition(of: setting).flatMap { read(&self, $0) }
    }

    private mutating func nameAsAddress() -> String {
        if definition(of: .address) == nil, let problem = Name.problem(withArgument: host.name) {
            let message = "the host \(Printable.quoted(host.name)) cannot be reached by its name, which \(problem)"
            let hint = "give it ansible_host"
            diagnostics.add(Diagnostic(message, in: host.origin.source, at: host.origin.position, hint: hint))
        }
        return host.name
    }

    private mutating func transport() -> Connection.Transport? {
        let own = host.variable(named: ConnectionSetting.ownTransport).flatMap { $0.value.content == .null ? nil : $0 }
        guard let definition = own ?? definition(of: .transport), let name = word(definition) else { return nil }
        let plain = name.hasPrefix("ansible.builtin.") ? String(name.dropFirst(16)) : name
        switch plain {
        case "ssh", "smart", "paramiko", "paramiko_ssh": return nil
        default: break
        }
        if let transport = Connection.Transport(rawValue: plain) { return transport }
        let hint = "Baton knows ssh, openssh (OpenSSH's own client) and local"
        error(definition, "\(definition.name) \(Printable.quoted(name)) is not supported", hint: hint)
        return nil
    }

    private mutating func arguments() -> [SSHArgumentWords] {
        ConnectionSetting.sshArguments.compactMap { name in
            guard let definition = host.variable(named: name), definition.value.content != .null,
                let text = text(definition)
            else { return nil }
            do throws(ShellWords.Problem) {
                let words = try ShellWords.split(Array(text.unicodeScalars)[...], comments: false).map(\.text)
                return words.isEmpty ? nil : SSHArgumentWords(place: place(of: definition), words: words)
            } catch {
                self.error(definition, "\(definition.name): \(error.message)")
                return nil
            }
        }
    }

    private func place(of definition: Definition) -> String {
        let origin = definition.value.origin
        return "\(origin.source.name):\(origin.position.line): \(definition.name)"
    }

    // MARK: Kinds of values

    private mutating func text(_ definition: Definition, expected: String = "a text") -> String? {
        guard isUsable(definition) else { return nil }
        switch definition.value.content {
        case .string, .int, .huge, .float, .bool, .date: return definition.value.text
        default:
            wrong(definition, expected: expected)
            return nil
        }
    }

    // A name or an address: it becomes an argument of programs.
    private mutating func word(_ definition: Definition) -> String? {
        guard let text = text(definition) else { return nil }
        guard let problem = Name.problem(withArgument: text) else { return text }
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
        if let password = Self.password(definition) { return password }
        error(definition, "\(definition.name) must be a text")
        return nil
    }

    private static func password(_ definition: Definition) -> Password? {
        switch definition.value.content {
        case .string, .int, .huge, .float, .bool, .date: definition.value.text.map { Password($0) }
        default: nil
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

    // A host in Ansible's words may have a variable of this name that is something else.
    private mutating func hostKeys() -> [String] {
        guard let definition = host.variable(named: ConnectionSetting.hostKeys), definition.value.content != .null
        else {
            return []
        }
        let values: [Value]
        if case .list(let list) = definition.value.content { values = list } else { values = [definition.value] }
        let keys = values.compactMap { value -> String? in
            if case .string(let text) = value.content { HostKeyText.normalized(text) } else { nil }
        }
        if isInAnsibleWords && keys.isEmpty { return [] }
        guard isUsable(definition) else { return [] }
        for value in values {
            if case .string(let text) = value.content, HostKeyText.normalized(text) != nil { continue }
            let message = "\(definition.name) must be a key type and a key, not \(value.summary)"
            error(definition, at: value, message, hint: "as in a known_hosts file: \"ssh-ed25519 AAAA...\"")
        }
        return keys
    }

    // MARK: Reporting

    private func isSecret(_ name: String) -> Bool {
        Host.isSecret(name)
    }

    private mutating func isUsable(_ definition: Definition) -> Bool {
        switch definition.value.content {
        case .opaque(let tag):
            error(definition, "\(definition.name) is needed, but \(Printable.line(tag, limit: 60)) cannot be read")
            return false
        case .secret:
            error(definition, "\(definition.name) is needed, but !secret cannot be read in an inventory")
            return false
        default: break
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
