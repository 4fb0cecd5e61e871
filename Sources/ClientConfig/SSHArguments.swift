import Text

/// What arguments for ssh say, such as those of `ansible_ssh_common_args`.
package struct SSHArguments: Sendable, Equatable {
    package var options: [ConfigOption] = []
    /// The file of `-F`, which replaces the usual ones.
    package var files: ConfigFiles?

    /// `words` are the arguments, taken apart as a shell would.
    package init(_ words: [String], from place: Place) throws(ConfigError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            var letters = word.dropFirst()
            guard word.hasPrefix("-"), !letters.isEmpty, letters.first != "-" else {
                throw ConfigError(
                    "the argument \(Printable.quoted(word)) is no option of ssh",
                    at: place,
                    hint: "only options may stand here: Baton adds the host and the command"
                )
            }
            // Several letters may share a hyphen, and the first that takes an argument takes the rest.
            while let letter = letters.popFirst() {
                guard let meaning = SSHArguments.meaning(of: letter) else {
                    throw ConfigError("ssh's option -\(letter) cannot be used", at: place)
                }
                guard case .flag(let option) = meaning else {
                    var argument = String(letters)
                    if argument.isEmpty {
                        guard let next = rest.popFirst() else {
                            throw ConfigError("nothing follows -\(letter)", at: place)
                        }
                        argument = next
                    }
                    try take(meaning, argument, place)
                    break
                }
                if let (name, value) = option { options.append(ConfigOption(name, value, from: place)) }
            }
        }
    }

    private enum Meaning {
        case flag((String, String)?)
        /// The argument is the value of this directive.
        case setting(String)
        case line
        case file
        /// Takes an argument that nothing here depends on.
        case ignored
    }

    private static func meaning(of letter: Character) -> Meaning? {
        switch letter {
        case "4": .flag(("AddressFamily", "inet"))
        case "6": .flag(("AddressFamily", "inet6"))
        case "2", "a", "A", "C", "g", "k", "K", "M", "n", "q", "t", "T", "v", "x", "X", "y", "Y": .flag(nil)
        case "b": .setting("BindAddress")
        case "B": .setting("BindInterface")
        case "c": .setting("Ciphers")
        case "i": .setting("IdentityFile")
        case "I": .setting("PKCS11Provider")
        case "J": .setting("ProxyJump")
        case "l": .setting("User")
        case "m": .setting("MACs")
        case "p": .setting("Port")
        case "o": .line
        case "F": .file
        case "D", "e", "E", "L", "R", "S": .ignored
        default: nil
        }
    }

    private mutating func take(_ meaning: Meaning, _ argument: String, _ place: Place) throws(ConfigError) {
        switch meaning {
        case .setting(let name): options.append(ConfigOption(name, argument, from: place))
        case .line: options.append(ConfigOption(argument, from: place))
        case .file:
            // Of several, ssh takes the last.
            files = argument.asciiLowercased == "none" ? ConfigFiles.none : .only(argument)
        case .ignored, .flag: break
        }
    }
}
