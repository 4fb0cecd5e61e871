import Document
import HostSide

/// `pause`: the run waits.
struct PauseTask: TaskBody {
    static let kind = TaskKind(
        "pause",
        "The host waits this long; with a prompt, the run waits for an answer, which is asked for once. A prompt without a "
            + "terminal is an error before anything starts.",
        short: "for",
        keys: [
            TaskKey("for", .duration, "How long. With a prompt: how long at most."),
            TaskKey("prompt", .text, "What is asked."),
        ],
        check: { arguments, diagnostics in
            if arguments["for"] == nil, arguments["prompt"] == nil {
                let message = "\"pause\" needs \"for\" or \"prompt\""
                diagnostics.add(Diagnostic(message, in: arguments.origin.source, at: arguments.origin.position))
            }
        },
        body: { PauseTask(arguments: $0) }
    )

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let duration = try resolver.open(arguments["for"])?.duration()
        let prompt = try resolver.text(arguments["prompt"])
        if duration == nil, prompt == nil { return try resolver.needed(nil, arguments["for"] ?? arguments["prompt"]) }
        return PauseWork(pause: Pause(duration: duration, prompt: prompt))
    }
}

struct PauseWork: Work {
    let pause: Pause

    var looks: [Look] { [] }

    func decide(_ seen: Sightings) -> Decision { .pause(pause) }
}
