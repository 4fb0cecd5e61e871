/// What may be the name of a host or a group, an address or a user: names that reach programs and files.
enum Name {
    static let longest = 255

    /// Why a text cannot be such a name; nil where it can.
    static func problem(with name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > longest { return "is longer than \(longest) bytes" }
        // Programs would take it for an option.
        if name.hasPrefix("-") { return "starts with \"-\"" }
        for scalar in name.unicodeScalars {
            if scalar.properties.isWhitespace && scalar.properties.generalCategory != .control {
                return "contains a space"
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: return "contains a control character"
            default: break
            }
        }
        return nil
    }
}
