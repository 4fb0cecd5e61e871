package import Fleet
package import Reactor

/// Everything a command takes from outside: the only way from the rooms to the process they run in. `Entry` fills it;
/// nothing below reads the environment, the clock or the terminal.
package struct Context: Sendable {
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String
    package var user: String
    package var home: String
    package var userID: UInt32
    package var hostName: String
    /// The home of another user, nil if there is none of that name.
    package var homeOf: @Sendable (String) -> String?
    package var loop: Loop
    /// How many descriptors the process may still open.
    package var descriptors: Int
    package var stdout: Sink
    package var stderr: Sink
    /// Asks on the terminal, without showing what is typed; nil where there is no terminal.
    package var askSecret: (@Sendable (String) -> Access.Asked)?
    /// The same with what is typed shown.
    package var ask: (@Sendable (String) -> Access.Asked)?
    /// The same beside the loop: it ends when the second closure says that nobody waits for it any more.
    package var askBeside: (@Sendable (String, () -> Bool) -> Access.Asked)?

    /// Colour is for people who look on and have not asked for none (no-color.org).
    func isColoured(_ sink: Sink) -> Bool {
        sink.isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// A path as the user meant it: relative to where they are.
    func path(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        if path == "~" || path.hasPrefix("~/") { return home + path.dropFirst() }
        return "\(directory)/\(path)"
    }
}

/// One output stream of the process.
package struct Sink: Sendable {
    package let isTerminal: Bool
    package let columns: Int
    package let write: @Sendable (String) -> Void
    /// Waits until what was written has gone out.
    package let flush: @Sendable () -> Void

    package init(
        isTerminal: Bool,
        columns: Int,
        write: @escaping @Sendable (String) -> Void,
        flush: @escaping @Sendable () -> Void = {}
    ) {
        self.isTerminal = isTerminal
        self.columns = columns
        self.write = write
        self.flush = flush
    }
}
