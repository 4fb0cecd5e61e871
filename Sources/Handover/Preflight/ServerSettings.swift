/// What a server was told, as far as its arguments and its configuration show: a configuration that is a program is only
/// understood where it says something plainly.
struct ServerSettings {
    /// The command line, without the interpreter; of a title, what is behind it.
    let words: [String]
    private let seen: HandoverSighting

    init(_ seen: HandoverSighting) {
        self.seen = seen
        words = Self.words(seen)
    }

    private static func words(_ seen: HandoverSighting) -> [String] {
        guard let master = seen.master else { return [] }
        var words = master.arguments
        if master.isTitled { words = master.title.split(separator: " ").map(String.init) }
        switch seen.server {
        case .nginx:
            let title = ["nginx:", "master", "process"]
            if words.starts(with: title) { words = Array(words.dropFirst(title.count)) }
        case .gunicorn:
            if let first = words.first, first.lastPart.hasPrefix("python") { words = Array(words.dropFirst()) }
        case .unicorn:
            if let first = words.first, first.lastPart.hasPrefix("ruby") { words = Array(words.dropFirst()) }
        case nil: break
        }
        return words
    }

    /// Also what the environment adds.
    private var told: [String] { words + (seen.options?.split(separator: " ").map(String.init) ?? []) }

    /// The plain value of a name in the configuration that runs: `name = value`, `name value;`.
    private func written(_ name: String) -> String? {
        guard let lines = seen.configuration?.lines else { return nil }
        for line in lines.reversed() {
            let rest = line.drop { $0 == " " || $0 == "\t" }
            guard rest.hasPrefix(name) else { continue }
            let value = rest.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
            if value.hasPrefix("="), !value.hasPrefix("==") { return Self.plain(value.dropFirst()) }
            if rest.dropFirst(name.count).first.map({ $0 == " " || $0 == "\t" }) == true { return Self.plain(value) }
        }
        return nil
    }

    private static func plain(_ text: Substring) -> String {
        let value = text.drop { $0 == " " }.prefix { $0 != ";" && $0 != "#" }
        return String(value.reversed().drop { $0 == " " }.reversed())
    }

    /// A value that may be true, false, or something that has to be run to know it.
    private func flag(_ name: String, option: [String], byDefault: Bool, on: [String] = ["True", "true", "on", "1"])
        -> Bool?
    {
        if told.contains(where: { option.contains($0) }) { return true }
        if let value = written(name) {
            if on.contains(value) { return true }
            if ["False", "false", "off", "0", "None", "nil"].contains(value) { return false }
            // The same configuration in the new release, run.
            return seen.trialSettings[name].map { on.contains($0) }
        }
        // Where nothing of a configuration was read, nothing is known of it.
        if seen.unread != nil || hasUnreadConfiguration { return seen.trialSettings[name].map { on.contains($0) } }
        return byDefault
    }

    private var hasUnreadConfiguration: Bool {
        seen.configuration == nil
            && told.contains { $0 == "-c" || $0 == "--config" || $0.hasPrefix("--config=") || $0 == "--config-file" }
    }

    /// Nil where it cannot be told.
    var isDaemon: Bool? {
        switch seen.server {
        case .gunicorn: flag("daemon", option: ["-D", "--daemon"], byDefault: false)
        case .nginx:
            words.joined(separator: " ").contains("daemon off") ? false : flag("daemon", option: [], byDefault: true)
        case .unicorn, nil: nil
        }
    }

    var preloads: Bool? {
        switch seen.server {
        case .gunicorn: flag("preload_app", option: ["--preload"], byDefault: false)
        case .unicorn: flag("preload_app", option: [], byDefault: false)
        case .nginx, nil: nil
        }
    }

    /// Where it says so.
    var reusesPort: String? {
        if told.contains("--reuse-port") { return "--reuse-port" }
        guard let value = written("reuse_port") else { return nil }
        if ["True", "1"].contains(value) { return "reuse_port = \(value)" }
        return seen.trialSettings["reuse_port"] == "True" ? "reuse_port = \(value)" : nil
    }

    /// The directory that its configuration names; what is no plain text leads wherever it leads.
    var directory: String? {
        for (place, word) in told.enumerated() {
            if word == "--chdir", place + 1 < told.count { return told[place + 1] }
            if word.hasPrefix("--chdir=") { return String(word.dropFirst("--chdir=".count)) }
        }
        return ["chdir", "working_directory"].lazy.compactMap { written($0) }.first.map { value in
            value.filter { $0 != "\"" && $0 != "'" }
        }
    }

    /// A line by which a configuration stops the old master: what it calls, and how it knows it.
    static func hook(in lines: [String]) -> String? {
        let kills = lines.contains { $0.contains("Process.kill") || $0.contains("os.kill") }
        return lines.first { line in
            line.contains("oldbin") || (kills && line.contains("getppid"))
        }
    }

    /// What is not as the definition has it, in a word; nil where all is, or nothing can be told.
    func difference(from command: [String], _ server: HandoverServer, isTitled: Bool) -> String? {
        guard !command.isEmpty else { return nil }
        // A title of gunicorn's holds no arguments.
        if server == .gunicorn, isTitled { return nil }
        var wanted = command
        if wanted[0].lastPart == "env", wanted.count > 1 { wanted.removeFirst() }
        if server == .gunicorn, wanted[0].lastPart.hasPrefix("python") { wanted.removeFirst() }
        // unicorn says `unicorn master`.
        var has = words
        if server == .unicorn, has.first?.lastPart == wanted[0].lastPart, has.count > 1, has[1] == "master" {
            has.remove(at: 1)
            wanted[0] = has[0]
        }
        // A title has lost where one argument ends.
        let isSame =
            isTitled ? has.joined(separator: " ") == wanted.joined(separator: " ") : has == wanted
        if isSame { return nil }
        if !wanted[0].hasPrefix("/"), !has.isEmpty, has[0].lastPart == wanted[0],
            Array(has.dropFirst()) == Array(wanted.dropFirst())
        {
            return nil
        }
        return "command: \(has.joined(separator: " ").prefix(120))"
    }
}

extension String {
    /// What is behind the last slash.
    fileprivate var lastPart: String { split(separator: "/").last.map(String.init) ?? self }
}
