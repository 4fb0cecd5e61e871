package import Shell

/// Many looks as one program, and its answer as sightings.
package enum Looking {
    /// So many paths are asked for by one `stat`: its arguments stay far below what a system takes.
    static let pathsAtOnce = 200

    /// The same looks give the same program.
    package static func program(_ looks: [Look]) -> ReadingProgram {
        let paths = paths(of: looks)
        var parts: Set<HostLibrary> = []
        var calls = ""
        var libraries = ScriptLibraries()
        if !paths.isEmpty { parts.formUnion([.lookPaths, .state, .way]) }
        for start in stride(from: 0, to: paths.count, by: pathsAtOnce) {
            let some = paths[start..<min(start + pathsAtOnce, paths.count)]
            let wants = some.map(\.want).joined(separator: " ")
            let words = some.map { Quoting.word($0.path) }.joined(separator: " \\\n    ")
            calls += "baton_look_paths \(start) \(Quoting.word(wants)) \\\n    \(words)\n"
        }
        for (number, look) in looks.enumerated() {
            switch look {
            case .path: continue
            case .content(let path, let limit):
                parts.formUnion([.lookContent, .state, .way])
                calls += "baton_look_content \(number) \(max(limit, 0)) \(HostPath.word(path))\n"
            case .command(let command):
                parts.insert(.lookCalls)
                calls += CommandText.function("b_command", command)
                calls += "baton_look_command \(number) b_command\n"
            case .age(let age):
                parts.formUnion([.lookCalls, .age, .state])
                calls += "baton_look_age \(number) \(AgeText.arguments(age))\n"
            case .script(let script):
                parts.formUnion(script.parts.union([.lookCalls]))
                libraries.add(script)
                calls += "\(script.text)baton_look_script \(number) \(script.words)\n"
            case .name: parts.insert(.lookNames)
            }
        }
        calls += names(looks, .user, in: "passwd") + names(looks, .group, in: "group")
        // The newline is there in any case: all parts use it.
        return ReadingProgram("look", "b_newline='\n'\n" + HostLibrary.text(parts) + libraries.text + calls)
    }

    /// One call for all names of a kind.
    private static func names(_ looks: [Look], _ kind: Look.NameKind, in base: String) -> String {
        var numbers: [String] = []
        var words: [String] = []
        for (number, look) in looks.enumerated() {
            guard case .name(kind, let name) = look else { continue }
            numbers.append(String(number))
            words.append(Quoting.word(name))
        }
        if words.isEmpty { return "" }
        return
            "baton_look_names \(base) \(Quoting.word(numbers.joined(separator: " "))) \(words.joined(separator: " "))\n"
    }

    /// A path is asked for once, however many want to know of it.
    struct Wanted: Equatable {
        let path: String
        var want: String
    }

    static func paths(of looks: [Look]) -> [Wanted] {
        var all: [Wanted] = []
        var places: [String: Int] = [:]
        for look in looks {
            guard case .path(let given, let hashing) = look else { continue }
            let path = HostPath.normal(given)
            let want = word(for: hashing)
            if let place = places[path] {
                if all[place].want == "-" { all[place].want = want }
                // Two sizes, or a size and any: all that fits both is any.
                if want != "-", all[place].want != want { all[place].want = "+" }
            } else {
                places[path] = all.count
                all.append(Wanted(path: path, want: want))
            }
        }
        return all
    }

    private static func word(for hashing: Look.Hashing) -> String {
        switch hashing {
        case .never: "-"
        case .ifSize(let size): String(max(size, 0))
        case .always: "+"
        }
    }
}

/// What `baton_age` takes.
enum AgeText {
    static func arguments(_ age: ProcessAge) -> String {
        let process =
            switch age.process {
            case .pidFile(let path): HostPath.word(path)
            case .unit(let unit): Quoting.word("unit:\(unit)")
            }
        let who = age.ofChildren ? "children" : "self"
        return ([who, process] + age.files.map(HostPath.word)).joined(separator: " ")
    }
}
