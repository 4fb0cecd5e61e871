/// Counts how often sudo's prompt has come, in pieces of any size. The prompt is one that only this connection knows;
/// before it may come any amount of other text. A value without I/O.
package struct PromptScanner: Sendable {
    private let prompt: [UInt8]
    private var window: [UInt8] = []
    package private(set) var timesSeen = 0

    package init(_ prompt: String) { self.prompt = Array(prompt.utf8) }

    package mutating func feed(_ piece: some Sequence<UInt8>) {
        window += piece
        while let found = window.firstRange(of: prompt) {
            timesSeen += 1
            window.removeFirst(found.upperBound)
        }
        // What is left may be the beginning of one.
        window.removeFirst(max(0, window.count - prompt.count + 1))
    }
}
