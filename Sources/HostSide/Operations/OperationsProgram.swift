package import Shell
internal import Text

/// Steps as one program. What it does is readable for people; the library of functions in front does the careful part.
/// Every step checks its own before-state right before it changes anything.
package struct OperationsProgram {
    package let program: ChangingProgram

    /// `staged` has, by the number of a step, the path of content that was put there before. `key` frames the answers.
    package init(_ steps: [Step], key: Marker, staged: [Int: String] = [:]) {
        var writer = StepWriter(key: key, staged: staged)
        for step in steps { writer.add(step) }
        let label = steps.count == 1 ? steps[0].label : "\(steps.count) steps"
        program = ChangingProgram(label, writer.text)
    }

    /// Whether the content of a file cannot be a part of the program: programs are read byte by byte, and are text.
    package static func needsStaging(_ change: FileChange) -> Bool {
        guard let content = change.content else { return false }
        if content.file != nil { return true }
        let bytes = content.bytes
        return bytes.count > 32 << 10 || bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil
    }

    /// Where such content is put before the program: beside its file, so that a rename is enough.
    package static func stagingPath(for change: FileChange, key: Marker) -> String {
        let (directory, name) = HostPath.split(change.expected.path)
        return "\(directory).\(name).baton-\(identity(key))"
    }

    /// Tells the program with this key, from a shell beside it, to begin no other step. Words that nobody took back are
    /// taken away after a day.
    package static func stop(key: Marker) -> ReadingProgram {
        let sweep = """
            for b_old in /tmp/.baton-stop-????????????????; do
                if [ -h "$b_old" ] || [ ! -O "$b_old" ]; then continue; fi
                if [ -n "$(find "$b_old" -prune -type f -mmin +1440 2>/dev/null)" ]; then rm -f "$b_old"; fi
            done
            """
        return ReadingProgram("stop between steps", "(set -C; : > \(stopFile(key))) || exit\n\(sweep)\n")
    }

    /// Takes the word back once the program has ended.
    package static func unstop(key: Marker) -> ReadingProgram {
        ReadingProgram("clear up after stopping", "rm -f \(stopFile(key))")
    }

    /// Empty, and looked for before each step.
    private static func stopFile(_ key: Marker) -> String { "/tmp/.baton-stop-\(stopName(key))" }

    /// The half of the key that is in no other name: nobody can guess it from what is listed while the program runs.
    static func stopName(_ key: Marker) -> String { String(key.text.suffix(16)) }

    /// What marks names of this program on the host. Not the key itself: names can be listed by anybody.
    static func identity(_ key: Marker) -> String { String(key.text.prefix(16)) }
}

/// Writes steps one after another, and remembers what of the library they need.
private struct StepWriter {
    let key: Marker
    let staged: [Int: String]
    private var parts: Set<HostLibrary> = [.steps]
    private var needsChecks = false
    private var libraries = ScriptLibraries()
    private var calls = ""

    init(key: Marker, staged: [Int: String]) {
        self.key = key
        self.staged = staged
    }

    var text: String {
        var text = "b_newline='\n'\n" + HostLibrary.text(parts)
        if needsChecks { text += HostLibrary.code(of: CheckProgram.library) }
        text += libraries.text
        text += "b_key=\(key.text) b_id=\(OperationsProgram.identity(key)) b_stop=\(OperationsProgram.stopName(key))\n"
        let leftOver = staged.keys.sorted().compactMap { staged[$0] }
        if !leftOver.isEmpty {
            // What was put for a step that is not reached.
            text += "trap 'exit 143' HUP INT PIPE TERM\n"
            text += "b_tidy() { rm -f -- \(leftOver.map(HostPath.word).joined(separator: " ")); }\ntrap b_tidy EXIT\n"
        }
        return text + calls + "\nbaton_finish\n"
    }

    mutating func add(_ step: Step) {
        calls += "\n# Step \(step.number): \(Printable.line(step.label, limit: 200))\n"
        var command: [String]
        switch step.operation {
        case .file(let change): command = file(change, step.number)
        case .directory(let change):
            command =
                ["baton_directory"] + before(change.expected) + [Self.octal(change.mode), Self.owner(change.ownership)]
        case .link(let change):
            command = ["baton_link"] + before(change.expected)
            command += [Quoting.word(change.target), Self.owner(change.ownership)]
        case .remove(let removal):
            command = ["baton_remove"] + before(removal.expected)
            command += [removal.recursively ? "all" : "one", removal.backup ? "yes" : "''"]
        case .command(let run):
            conditions(run)
            command = ["b_step"]
        case .check(let check):
            needsChecks = true
            calls += "b_check() {\n\(CheckProgram.call(for: check))}\n"
            command = ["baton_probe", "b_check"] + (check.need == nil ? [] : ["ladder"])
        case .verify(let expectations):
            command = verify(expectations)
        case .script(let script):
            parts.formUnion(script.parts)
            libraries.add(script)
            calls += script.text
            command = ["baton_script", script.words]
        }
        if command[0].hasPrefix("baton_"), !["baton_verify", "baton_probe", "baton_script"].contains(command[0]) {
            parts.formUnion([.state, .way, .place, .change])
            command.insert("baton_change", at: 0)
        }
        let words = [String(step.number), String(max(step.retries, 0)), Self.seconds(step.delay)]
        let after = step.ignoresFailure ? "continue" : "stop"
        calls += "baton_step \(words.joined(separator: " ")) \(after) \(command.joined(separator: " "))\n"
    }

    private func before(_ expected: Expectation) -> [String] {
        [HostPath.word(expected.path), Quoting.word(expected.fingerprint)]
    }

    private mutating func file(_ change: FileChange, _ number: Int) -> [String] {
        guard let content = change.content else {
            return ["baton_file_access"] + before(change.expected)
                + [Self.octal(change.mode), Self.owner(change.ownership)]
        }
        var command = ["baton_file"] + before(change.expected)
        // A new file takes the place of the old one, so what it keeps of that has to be said.
        var owner = change.ownership
        if let old = Fingerprint(change.expected.fingerprint), old.kind == .file {
            owner = Ownership(user: owner.user ?? String(old.user), group: owner.group ?? String(old.group))
        }
        command += [Self.octal(change.mode), Self.owner(owner), Quoting.word(content.sha256)]
        if let path = staged[number] {
            command.append(Quoting.word(HostPath.split(path).name))
        } else {
            calls += "b_content=\(Quoting.word(String(decoding: content.bytes, as: UTF8.self)))\n"
            command.append("''")
        }
        return command + [change.backup ? "yes" : "''", Quoting.word(change.validate ?? "")]
    }

    private mutating func conditions(_ run: CommandRun) {
        parts.insert(.run)
        calls += CommandText.function("b_command", run.command)
        var lines: [String] = []
        if let path = run.creates { lines.append("baton_creates \(HostPath.word(path)) || return") }
        if let path = run.removes { lines.append("baton_removes \(HostPath.word(path)) || return") }
        if let unless = run.unless {
            calls += CommandText.function("b_unless", unless)
            lines.append("baton_unless b_unless || return")
        }
        if let onlyIf = run.onlyIf {
            calls += CommandText.function("b_onlyif", onlyIf)
            lines.append("baton_onlyif b_onlyif || return")
        }
        if let age = run.age {
            parts.insert(.age)
            lines.append("baton_when_older \(AgeText.arguments(age)) || return")
        }
        if let input = run.command.input {
            calls += CommandText.input("b_input", input)
            lines.append("baton_run b_command b_input")
        } else {
            lines.append("baton_run b_command")
        }
        calls += "b_step() {\n\(lines.map { "    \($0)\n" }.joined())}\n"
    }

    private mutating func verify(_ expectations: [Expectation]) -> [String] {
        parts.formUnion([.state, .change])
        let prints = expectations.map { Quoting.word($0.fingerprint) }
        calls += "baton_expect \(prints.joined(separator: " "))\n"
        let wants = expectations.map { Fingerprint.hasSum($0.fingerprint) ? "0" : "-" }
        return ["baton_verify", Quoting.word(wants.joined(separator: " "))]
            + expectations.map { HostPath.word($0.path) }
    }

    private static func octal(_ mode: UInt16) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func owner(_ ownership: Ownership) -> String {
        let group = ownership.group.map { ":\($0)" } ?? ""
        return Quoting.word((ownership.user ?? "") + group)
    }

    /// As `sleep` takes it.
    private static func seconds(_ delay: Duration) -> String {
        let (seconds, attoseconds) = delay.components
        guard seconds >= 0, attoseconds >= 0 else { return "0" }
        let hundredths = attoseconds / 10_000_000_000_000_000
        if hundredths == 0 { return String(seconds) }
        return "\(seconds).\(hundredths < 10 ? "0" : "")\(hundredths)"
    }
}
