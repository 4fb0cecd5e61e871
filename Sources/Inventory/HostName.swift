/// What may be the name of a host or a group, and what may be an address or a user.
enum Name {
    static let longest = 255

    /// Why a text cannot name a host or a group; nil where it can. Ansible takes any text, so this refuses little.
    static func problem(with name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > longest { return "is longer than \(longest) bytes" }
        for scalar in name.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: return "contains a control character"
            default: break
            }
        }
        return nil
    }

    /// Why a text cannot be an address or a user, which become arguments of programs.
    static func problem(withArgument text: String) -> String? {
        if let problem = problem(with: text) { return problem }
        // Programs would take it for an option.
        if text.hasPrefix("-") { return "starts with \"-\"" }
        return text.unicodeScalars.contains(where: \.properties.isWhitespace) ? "contains a space" : nil
    }
}
