/// Names of variables.
enum Identifier {
    /// Names that Baton gives values to.
    static let magic = [
        "inventory_hostname", "inventory_hostname_short", "group_names", "groups", "playbook_dir", "inventory_dir",
        "play_hosts", "facts",
    ]

    private static let words: Set<String> = [
        "true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else", "elif", "for",
        "loop", "range",
    ]

    /// Why a text cannot name a variable; nil where it can.
    static func problem(with name: String) -> String? {
        guard let first = name.utf8.first, first < 0x30 || first > 0x39, name.utf8.count <= 255,
            name.utf8.allSatisfy(isNameByte)
        else { return "is no name of a variable: letters, digits and _ make one" }
        if words.contains(name) { return "is a word of expressions" }
        if magic.contains(name) { return "is a name that Baton gives a value to" }
        return nil
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
    }
}
