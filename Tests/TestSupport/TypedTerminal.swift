package import Reactor

/// A program on a terminal of its own, at which somebody types: answers are given when their question is there, and not
/// before. `script` of util-linux makes the terminal.
package struct TypedTerminal {
    package static var isAvailable: Bool { Surroundings.has("script") }

    package struct Result: Sendable {
        /// Both streams and what the terminal echoed, with plain line ends.
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
                let lines = String(decoding: shown.filter { $0 != 13 }, as: UTF8.self)
                continuation.resume(returning: Result(shown: lines, exit: exit))
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
                    if child.exit != nil { finish() } else { loop.after(.seconds(2), finish) }
                case .exited: loop.after(.milliseconds(50), finish)
                case .ended, .drained, .inputClosed: break
                }
            }
        }
    }
}

extension Workplace {
    /// Runs a program on a terminal of its own and types each answer when its question is there. `output` is what the
    /// terminal showed.
    package func onTerminal(
        _ arguments: [String],
        answers: [(question: String, answer: String)],
        environment more: [String: String] = [:]
    ) async throws -> ChildResult {
        var environment = Surroundings.environment
        environment["HOME"] = directory
        environment.merge(more) { $1 }
        let line = arguments.map {
            "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        .joined(separator: " ")
        let result = try await TypedTerminal.run(
            "exec \(line)",
            environment: environment,
            directory: directory,
            answers: answers,
            on: loop
        )
        let status: ChildResult.Status =
            switch result.exit {
            case .exited(let status): .exited(status)
            case .signaled(let signal): .signaled(signal)
            case .unknown: .exited(-1)
            case nil: .timedOut
            }
        return ChildResult(status: status, stdout: Array(result.shown.utf8), stderr: [])
    }
}
