/// A file as it was read: blocks of lines.
struct ConfigFile: Sendable {
    var blocks: [Block] = []
    /// How many files deep its includes go.
    var height = 0
    /// How many lines a reading of it passes, includes and all.
    var weight = 0
    /// Whether there are directives in it or below that nobody knows.
    var hasUnknown = false
    /// Whether a second reading is asked for, in it or below.
    var asksForFinal = false
}

struct Block: Sendable {
    enum Line: Sendable {
        case statement(Statement)
        /// Files by their number.
        case include([Int])
        case unknown(name: String, place: Place)
    }

    var condition: Condition
    var lines: [Line] = []
    var hasUnknown = false
}

/// Everything that was read, once for all hosts.
struct ConfigTree: Sendable {
    var files: [ConfigFile] = []
    /// The files that are read one after the other.
    var roots: [Int] = []

    var asksForFinal: Bool { roots.contains { files[$0].asksForFinal } }
}
