import Document
import Events
import Playbook

/// What `validate -o json` prints, for editors.
enum ValidationJSON {
    static let schema = "baton.validation/1"

    static func value(_ summaries: [ValidateCommand.Summary], _ problems: Diagnostics) -> JSON {
        .members([
            "schema": .string(schema), "valid": .bool(!problems.hasErrors),
            "playbooks": .array(summaries.map(value)), "diagnostics": .array(problems.items.map(value)),
            "omitted": problems.omitted > 0 ? .integer(problems.omitted) : nil,
        ])
    }

    private static func value(_ summary: ValidateCommand.Summary) -> JSON {
        .members([
            "playbook": .string(summary.file.shown), "plays": .integer(summary.playbook.plays.count),
            "tasks": .integer(summary.playbook.tasks.count), "hosts": summary.hosts.map { .integer($0) },
        ])
    }

    private static func value(_ diagnostic: Diagnostic) -> JSON {
        .members([
            "severity": .string(diagnostic.severity.rawValue), "file": .string(diagnostic.sourceName),
            "line": diagnostic.position.map { .integer($0.line) },
            "column": diagnostic.position.map { .integer($0.column) }, "message": .string(diagnostic.message),
            "hint": diagnostic.hint.map { .string($0) },
            "notes": diagnostic.notes.isEmpty ? nil : .array(diagnostic.notes.map(value)),
        ])
    }

    private static func value(_ note: Diagnostic.Note) -> JSON {
        .members([
            "file": .string(note.source.name), "line": note.position.map { .integer($0.line) },
            "column": note.position.map { .integer($0.column) }, "message": .string(note.message),
        ])
    }
}
