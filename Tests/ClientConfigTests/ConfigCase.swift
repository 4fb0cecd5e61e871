import ClientConfig
import Reactor
import TestSupport
import Testing

/// A file of `Cases`: parts that begin with `== NAME`. `hosts` has a line of arguments for ssh for each comparison, the last
/// being the host; `config` is the file behind `-F`, or `user` and `system` are the usual two; `differs` says why Baton and ssh
/// do not agree; all others are files to include, below the folder that `@DIR@` stands for, or below the home directory.
struct ConfigCase: CustomTestStringConvertible, Sendable {
    let name: String
    let parts: [String: String]

    static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Cases"
    static let all = Files.list(folder).filter { $0.hasSuffix(".case") }.sorted().map { ConfigCase(file: $0) }

    init(name: String, parts: [String: String]) {
        self.name = name
        self.parts = parts
    }

    init(file: String) {
        name = String(file.dropLast(5))
        let text = (try? Files.read("\(ConfigCase.folder)/\(file)")) ?? []
        var parts: [String: String] = [:]
        var current = ""
        for line in text.split(separator: 10, omittingEmptySubsequences: false) {
            let line = String(decoding: line, as: UTF8.self)
            if line.hasPrefix("== ") {
                current = String(line.dropFirst(3))
                parts[current] = ""
            } else {
                parts[current, default: ""] += line + "\n"
            }
        }
        self.parts = parts
    }

    var testDescription: String { name }
    var differs: String? { parts["differs"] }
    var isUsual: Bool { parts["system"] != nil }

    /// The arguments of ssh, the last being `[user@]host`.
    var calls: [[String]] {
        (parts["hosts"] ?? "").split(separator: "\n").map { line in
            var words: [String] = [""]
            var isQuoted = false
            for letter in line {
                switch letter {
                case "\"": isQuoted.toggle()
                case " " where !isQuoted: words.append("")
                default: words[words.count - 1].append(letter)
                }
            }
            return words
        }
    }

    /// Writes the files below `directory`; those of a home directory into `home` there.
    func write(to directory: String) throws {
        try Files.makeDirectory("\(directory)/home", mode: 0o700)
        try Files.makeDirectory("\(directory)/home/.ssh", mode: 0o700)
        for (name, text) in parts where name != "hosts" && name != "differs" {
            var bytes = Array(text.utf8)
            while let place = bytes.firstRange(of: Array("@DIR@".utf8)) {
                bytes.replaceSubrange(place, with: directory.utf8)
            }
            let path =
                switch name {
                case "user": "home/.ssh/config"
                case _ where name.hasPrefix(".ssh/"): "home/" + name
                default: name
                }
            try Files.write(bytes, to: "\(directory)/\(path)", mode: 0o600)
        }
    }
}

/// What Baton makes of a call of ssh.
func settings(
    _ call: [String],
    _ files: ConfigFiles,
    _ surroundings: ConfigSurroundings = Disk.surroundings
) throws(ConfigError) -> HostSettings {
    let arguments = try SSHArguments(Array(call.dropLast()), from: Place("the test"))
    var given = Given(options: arguments.options)
    var host = call.last ?? ""
    if let at = host.lastIndex(of: "@") {
        // For ssh, the user in front of the host counts for less than options, as those stand in front of it.
        given.options.append(ConfigOption("User", String(host[..<at]), from: Place("the host")))
        host = String(host[host.index(after: at)...])
    }
    let config = try ClientConfig(arguments.files ?? files, surroundings: surroundings, reader: Disk.reader)
    return try config.settings(for: host, given: given)
}
