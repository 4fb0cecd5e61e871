internal import Document
internal import Text

/// A program that is kept running, as a hosting panel offers it: little is asked, and the rest is what serves nearly all.
package struct Daemon: Hashable, Sendable {
    package let id: DaemonIdentifier
    package let command: [String]
    package let user: String
    package let directory: String
    package let processes: Int
    package let startSeconds: Int
    package let stopSeconds: Int
    package let stopSignal: Signal
    /// Which ones it may run under, the first first.
    package var supervisors: [Supervisor] = Daemon.allSupervisors

    /// What is wrong with one, by the word that people know the value by.
    package struct Problem: Error, Hashable {
        package let key: String
        package let message: String
        package let hint: String?
    }

    /// Whoever has supervisord on a host has it for this.
    package static let allSupervisors: [Supervisor] = [.supervisord, .systemd]
    package static let usualStartSeconds = 1
    package static let usualStopSeconds = 15
    package static let processesAtMost = 100

    package init(
        id: DaemonIdentifier,
        command: String,
        user: String,
        directory: String = "/",
        processes: Int = 1,
        startSeconds: Int = usualStartSeconds,
        stopSeconds: Int = usualStopSeconds,
        stopSignal: String = "TERM"
    ) throws(Problem) {
        self.id = id
        self.command = try Daemon.words(command)
        guard Reading.isAccountName(user) else {
            throw Problem(
                key: "user",
                message: "must be the name of a user",
                hint: "letters, digits, \"-\", \"_\" and \".\""
            )
        }
        self.user = user
        self.directory = try Daemon.place(directory)
        self.processes = try Daemon.count(processes, "processes", 1...Daemon.processesAtMost)
        self.startSeconds = try Daemon.count(startSeconds, "start_seconds", 0...3600)
        self.stopSeconds = try Daemon.count(stopSeconds, "stop_seconds", 1...86_400)
        guard let signal = Signal(stopSignal) else {
            let names = Signal.allCases.map(\.name)
            throw Problem(
                key: "stop_signal",
                message: "must be a signal, not \(Printable.quoted(stopSignal))",
                hint: Nearness.hint(for: stopSignal, among: names) ?? "one of \(names.joined(separator: ", "))"
            )
        }
        self.stopSignal = signal
    }

    /// The service that it is. Its log is its user's, in `~USER/.baton`.
    package var definition: ServiceDefinition {
        var definition = ServiceDefinition(
            name: id.service,
            description: "Daemon \(id.text) of \(user)",
            user: user,
            instances: (0..<processes).map { ServiceInstance(number: $0, command: command, directory: directory) }
        )
        definition.startSeconds = startSeconds
        definition.stopSeconds = stopSeconds
        definition.stopSignal = stopSignal
        definition.restart = Restart(policy: .always, limit: 10, within: 60)
        definition.supervisor = .oneOf(supervisors)
        definition.logs = .home(Rotation(bytes: 50 << 20, keep: 10))
        return definition
    }

    // MARK: Rules

    private static func words(_ line: String) throws(Problem) -> [String] {
        guard line.utf8.count <= 4096, !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Problem(key: "command", message: "must be one line of at most 4096 bytes", hint: nil)
        }
        let words: [String]
        do throws(CommandWords.Problem) {
            words = try CommandWords.split(line)
        } catch {
            throw Problem(key: "command", message: error.message, hint: error.hint)
        }
        guard let program = words.first, !program.isEmpty else {
            throw Problem(key: "command", message: "names no program", hint: nil)
        }
        guard program.hasPrefix("/") || !program.contains("/") else {
            throw Problem(
                key: "command",
                message:
                    "must begin with an absolute path or the name of a program, not with \(Printable.quoted(program))",
                hint: "a path from its directory depends on where it is started"
            )
        }
        return words
    }

    private static func place(_ path: String) throws(Problem) -> String {
        let parts = path.split(separator: "/")
        guard path.hasPrefix("/"), path.utf8.count <= 1000, !parts.contains(".."),
            path.utf8.allSatisfy(Reading.isPlainPathByte)
        else {
            throw Problem(
                key: "directory",
                message: "must be an absolute path of plain characters",
                hint: "letters, digits and / _ - . + @ : , ="
            )
        }
        return "/" + parts.filter { $0 != "." }.joined(separator: "/")
    }

    private static func count(_ number: Int, _ key: String, _ range: ClosedRange<Int>) throws(Problem) -> Int {
        if range.contains(number) { return number }
        let message = "must be between \(range.lowerBound) and \(range.upperBound), not \(number)"
        throw Problem(key: key, message: message, hint: nil)
    }
}
