package import Reactor

/// A program on a terminal of its own, at which somebody types: answers are given when their question is there, and not
/// before. `script` of util-linux makes the terminal.
package struct TypedTerminal {
    package static var isAvailable: Bool { Surroundings.has("script") }

    package struct Result: Sendable {
        /// Both streams and what the terminal echoed, with its line ends.
        package let shown: String
        package let exit: ChildExit?
    }

    /// Runs a line of shell and types each answer when its question has come up, in this order.
    package static func run(
        _ line: String,
        environment: [String: String],
        directory: String,
        answers: [(question: String, answer: String)],
        on loop: Loop
    ) async throws -> Result {
        let child = try RunningChild(
            ["script", "-qefc", line, "/dev/null"],
            environment: environment,
            directory: directory,
            on: loop
        )
        return await withCheckedContinuation { continuation in
            var shown: [UInt8] = []
            var waiting = answers[...]
            var isDone = false
            func finish() {
                if isDone { return }
                isDone = true
                let exit = child.exit
                child.close()
                continuation.resume(returning: Result(shown: String(decoding: shown, as: UTF8.self), exit: exit))
            }
            let deadline = loop.after(.seconds(60), finish)
            child.handler = { event in
                switch event {
                case .received(_, let bytes):
                    shown += bytes
                    // A question may come again: only what came after the last answer is looked at.
                    while let next = waiting.first, String(decoding: shown, as: UTF8.self).contains(next.question) {
                        waiting.removeFirst()
                        _ = child.write(Array((next.answer + "\r").utf8))
                    }
                case .ended(.output):
                    loop.cancel(deadline)
                    loop.after(.milliseconds(50), finish)
                case .ended, .drained, .inputClosed, .exited: break
                }
            }
        }
    }
}
