import Synchronization

/// Takes secrets out of everything that leaves the process, by value and in the forms they are likely to come back in.
///
/// Shared by everyone who writes: a secret may become known in the middle of a run, and counts everywhere from then on.
package final class Redactor: Sendable {
    private let known: Mutex<Needles>

    /// Shorter values are words: taking them out would shred ordinary text and protect nothing.
    package static let shortest = 6
    package static let mark = "(secret)"

    package init(_ secrets: [String] = []) {
        var needles = Needles()
        for secret in secrets { needles.add(secret) }
        known = Mutex(needles)
    }

    package func add(_ secret: String) { known.withLock { $0.add(secret) } }

    package var isEmpty: Bool { needles.isEmpty }

    package func clean(_ text: String) -> String {
        let needles = needles
        return needles.isEmpty ? text : String(decoding: needles.clean(Array(text.utf8)), as: UTF8.self)
    }

    package func clean(_ bytes: [UInt8]) -> [UInt8] { needles.clean(bytes) }

    /// Cleans output of which the middle is missing: a secret may have been cut there.
    package func clean(beginning: [UInt8], end: [UInt8]) -> [UInt8] { needles.clean(beginning: beginning, end: end) }

    /// What is known by now. A copy that later secrets do not change.
    var needles: Needles { known.withLock { $0 } }
}
