import Text

/// Where a setting was written: a line of a file, or an argument.
package struct Place: Sendable, Hashable, CustomStringConvertible {
    /// A path, or the name of what held the argument, such as `ansible_ssh_common_args`.
    package var name: String
    package var line: Int?

    package init(_ name: String, line: Int? = nil) {
        self.name = name
        self.line = line
    }

    package var description: String {
        Printable.line(name, limit: 300) + (line.map { ":\($0)" } ?? "")
    }
}

/// One thing that is wrong with a configuration.
package struct ConfigProblem: Sendable, Equatable, CustomStringConvertible {
    package var place: Place
    package var message: String
    package var hint: String?

    package init(_ message: String, at place: Place, hint: String? = nil) {
        self.place = place
        self.message = message
        self.hint = hint
    }

    package var description: String {
        "\(place): error: " + Printable.line(message) + (hint.map { "\n  hint: " + Printable.line($0) } ?? "")
    }
}

/// Why a configuration cannot be used, at all or for one host. There is at least one problem in it.
package struct ConfigError: Error, Sendable, Equatable, CustomStringConvertible {
    /// More than these are counted, not kept.
    static let kept = 100

    package private(set) var problems: [ConfigProblem]
    package private(set) var omitted = 0

    package init(_ problem: ConfigProblem) {
        problems = [problem]
    }

    init(_ message: String, at place: Place, hint: String? = nil) {
        self.init(ConfigProblem(message, at: place, hint: hint))
    }

    mutating func add(_ problem: ConfigProblem) {
        if problems.count < ConfigError.kept { problems.append(problem) } else { omitted += 1 }
    }

    package var description: String {
        let lines = problems.map(\.description) + (omitted > 0 ? ["and \(omitted) more"] : [])
        return lines.joined(separator: "\n")
    }
}
