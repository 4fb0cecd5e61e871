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

/// Takes the arguments for ssh apart that Ansible's variables hold.
enum SSHArguments {
    struct Problem: Error {
        var message: String
    }

    static func options(in text: String) throws(Problem) -> [SSHOption] {
        let words: [ShellWords.Word]
        do throws(ShellWords.Problem) {
            words = try ShellWords.split(Array(text.unicodeScalars)[...], comments: false)
        } catch {
            throw Problem(message: error.message)
        }
        var options: [SSHOption] = []
        var rest = words.map(\.text)[...]
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
