/// One `-o NAME=VALUE` for ssh, or another argument, which has no value.
package struct SSHOption: Sendable, Equatable {
    /// What Baton makes of it.
    enum Effect: Equatable {
        /// It changes nothing here: Baton has one connection per host anyway.
        case none
        case acceptsNewHostKeys
        case unknown
    }

    package var name: String
    package var value: String

    var effect: Effect {
        switch name.lowercased() {
        case "controlmaster", "controlpersist", "controlpath": return .none
        case "stricthostkeychecking":
            // What `no` means to ssh, to believe changed keys too, is never done.
            switch value.lowercased() {
            case "no", "off", "false", "accept-new": return .acceptsNewHostKeys
            case "yes", "true", "ask": return .none
            default: return .unknown
            }
        default: return .unknown
        }
    }
}

/// The arguments for ssh of one variable, taken apart as a shell would: what they mean is for who connects.
package struct SSHWords: Sendable, Equatable {
    /// The name of the variable.
    package var variable: String
    package var words: [String]
}

/// Takes the arguments for ssh apart that Ansible's variables hold.
enum SSHArguments {
    struct Problem: Error {
        var message: String
    }

    static func words(in text: String) throws(Problem) -> [String] {
        do throws(ShellWords.Problem) {
            return try ShellWords.split(Array(text.unicodeScalars)[...], comments: false).map(\.text)
        } catch {
            throw Problem(message: error.message)
        }
    }

    static func options(in words: [String]) throws(Problem) -> [SSHOption] {
        var options: [SSHOption] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-o") else {
                options.append(SSHOption(name: word, value: ""))
                continue
            }
            var setting = String(word.dropFirst(2))
            if setting.isEmpty {
                guard let next = rest.popFirst() else { throw Problem(message: "nothing follows -o") }
                setting = next
            }
            // ssh takes `Name=Value` and `Name Value`.
            let name = setting.prefix { $0 != "=" && $0 != " " && $0 != "\t" }
            let value = setting[name.endIndex...].drop { $0 == "=" || $0 == " " || $0 == "\t" }
            options.append(SSHOption(name: String(name), value: String(value)))
        }
        return options
    }
}
