import Arguments
import Playbook

/// What commands about playbooks have in common.
enum PlaybookOptions {
    static let playbook = Operand.required(as: .path(.file, named: "PLAYBOOK"), help: "The playbook.")

    static let variables = Option.repeated(
        "-e",
        "--extra-vars",
        as: .text("VARIABLE"),
        help: "Set a variable, stronger than all others: NAME=VALUE, the value is text; or @FILE, YAML or JSON."
    )
    static let tags = Option.repeated(
        "-t",
        "--tags",
        as: .text("TAGS"),
        help:
            "Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say."
    )
    static let skippedTags = Option.repeated(
        "--skip-tags",
        as: .text("TAGS"),
        help: "No task with one of these tags."
    )
    static let selecting: [any DeclaresOption] = [variables, tags, skippedTags]

    static func selection(_ parsed: Parsed) -> TagSelection {
        TagSelection(only: list(parsed[tags]), skipped: list(parsed[skippedTags]))
    }

    private static func list(_ texts: [String]) -> [String] {
        texts.flatMap { $0.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") } }
            .filter { !$0.isEmpty }
    }
}
