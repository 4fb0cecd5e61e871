internal import Shell

/// A user's command as a shell function, for `baton_run` and the looks. It is called in a subshell, so that it can
/// change nothing of the program around it.
enum CommandText {
    static func function(_ name: String, _ command: ShellCommand) -> String {
        // Neither what frames the answers nor what other steps were given.
        var lines = ["unset b_key b_id b_stop b_content", "unset -f b_input b_check"]
        if let directory = command.directory {
            lines.append("CDPATH='' cd -- \(HostPath.word(directory)) || exit 126")
        }
        for setting in command.environment {
            guard isName(setting.name) else {
                lines.append("echo 'a name of its environment is none for a shell' >&2; exit 126")
                continue
            }
            lines.append("export \(Quoting.word("\(setting.name)=\(setting.value)"))")
        }
        switch command.body {
        case .line(let line):
            // A dash in front would make it an option.
            lines.append("eval \(Quoting.word(line.utf8.first == UInt8(ascii: "-") ? " \(line)" : line))")
        case .words(let words):
            lines.append("exec \(Quoting.line(words))")
        }
        return "\(name)() {\n\(lines.map { "    \($0)\n" }.joined())}\n"
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.first.map { !(48...57).contains($0) } == true
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
            }
    }

    /// What the command reads, as a function that prints it.
    static func input(_ name: String, _ bytes: [UInt8]) -> String {
        "\(name)() { \(printing(bytes)); }\n"
    }

    /// Text stays readable; anything else is written as numbers, which `printf` of every shell turns back into bytes.
    static func printing(_ bytes: [UInt8]) -> String {
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
            return "printf %s \(Quoting.word(text))"
        }
        var format = ""
        format.reserveCapacity(bytes.count * 4 + 2)
        for byte in bytes {
            let digits = String(byte, radix: 8)
            format += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "printf '\(format)'"
    }
}
