import Document
import Events
import Foundation
import Playbook
import Reactor
import Supervision
import TestSupport
import Testing

/// docs/schema/playbook.schema.json is made of the declarations. BATON_UPDATE_SNAPSHOTS=1 writes it.
struct PlaybookSchemaTests {
    private static let file = URL(filePath: ReferenceTests.root + "/docs/schema/playbook.schema.json")

    @Test func `the schema is that of the declarations`() throws {
        let text = PlaybookSchema.schema.pretty + "\n"
        if ProcessInfo.processInfo.environment["BATON_UPDATE_SNAPSHOTS"] == "1" {
            try Data(text.utf8).write(to: Self.file)
        }
        let found = String(decoding: try Data(contentsOf: Self.file), as: UTF8.self)
        #expect(found == text, "docs/schema/playbook.schema.json differs; BATON_UPDATE_SNAPSHOTS=1 rewrites it")
    }

    private static let services = URL(filePath: ReferenceTests.root + "/docs/schema/services.schema.json")

    @Test func `the schema of services is that of the declarations`() throws {
        let text = ServiceSchema.schema.pretty + "\n"
        if ProcessInfo.processInfo.environment["BATON_UPDATE_SNAPSHOTS"] == "1" {
            try Data(text.utf8).write(to: Self.services)
        }
        let found = String(decoding: try Data(contentsOf: Self.services), as: UTF8.self)
        #expect(found == text, "docs/schema/services.schema.json differs; BATON_UPDATE_SNAPSHOTS=1 rewrites it")
    }

    @Test func `it takes the services that are rendered, and refuses what is wrong`() async throws {
        let python = "/usr/bin/python3"
        guard Surroundings.has(python) else { try Test.cancel("\(python) is not there") }
        let folder = ReferenceTests.root + "/Tests/SupervisionTests/Cases/rendered"
        let good = try Files.list(folder).filter { $0.hasSuffix(".yml") }.map { name in
            String(decoding: try Data(contentsOf: URL(filePath: folder + "/" + name)), as: UTF8.self)
        }
        #expect(good.count >= 8)
        let wrong = [
            "services: {web: {}}", "services: {web: {command: a, comand: b}}", "services: {1web: {command: a}}",
            "services: {web: {command: a, processes: many}}", "services: {web: {command: a, stop_signal: HELLO}}",
            "services: {web: {command: a, logs: {rotate: 1MB}}}", "services: {web: {command: a, logs: nowhere}}",
            "releases: {shop: {root: /srv}}", "servces: {}", "services: {web: {command: a, environment_files: etc}}",
            "services: {web: {command: a, files: [{src: a}]}}",
        ]
        let input = JSON.array((good + wrong).map { .string($0) }).line
        let result = try await runChild([python, "-c", Self.program, Self.services.path], input: Array(input.utf8))
        if result.status == .exited(77) { try Test.cancel("python3-jsonschema or python3-yaml is not installed") }
        let verdicts = result.output.split(separator: "\n").map(String.init)
        try #require(verdicts.count == good.count + wrong.count, "\(result.errors)")
        for (document, verdict) in zip(good, verdicts) { #expect(verdict == "ok", "\(verdict): \(document)") }
        for (document, verdict) in zip(wrong, verdicts.dropFirst(good.count)) {
            #expect(verdict != "ok", "\(document)")
        }
        // Baton and the schema agree.
        for document in wrong {
            var diagnostics = Diagnostics()
            _ = ServiceFile.parse(SourceText(name: "s.yml", text: document), diagnostics: &diagnostics)
            #expect(diagnostics.hasErrors, "\(document)")
        }
    }

    private static let program = """
        import json, sys
        try:
            import jsonschema, yaml
        except ImportError:
            sys.exit(77)
        class Loader(yaml.SafeLoader):
            pass
        Loader.add_multi_constructor("!", lambda loader, suffix, node: node.value)
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        checker = jsonschema.Draft202012Validator(schema)
        for text in json.load(sys.stdin):
            errors = [error.message for error in checker.iter_errors(yaml.load(text, Loader))]
            print("ok" if not errors else "no: " + errors[0].replace("\\n", " ")[:200])
        """

    /// Debian's `python3-jsonschema` is the judge.
    @Test func `it takes what is right and refuses what is wrong`() async throws {
        let python = "/usr/bin/python3"
        guard Surroundings.has(python) else { try Test.cancel("\(python) is not there") }
        let site = String(
            decoding: try Data(contentsOf: URL(filePath: ReferenceTests.root + "/examples/site/site.yml")),
            as: UTF8.self
        )
        let good = try ReferenceTests.documents() + [site]
        let wrong = [
            "{}", "- tasks: []", "- {hosts: a, tasks: [{}]}", "- {hosts: a, tasks: [{run: a, file: b}]}",
            "- {hosts: a, tasks: [{copy: {src: a}}]}", "- {hosts: a, tasks: [{run: {cmd: a, crates: /a}}]}",
            "- {hosts: a, gather_facts: false, tasks: []}", "- {hosts: a, tasks: [{file: {path: etc, content: a}}]}",
            "- {hosts: a, tasks: [{file: {content: a}}]}", "- {hosts: a, tasks: [{run: a, retries: many}]}",
            "- {hosts: a, tasks: [{run: a, once: \"{{ a }}\"}]}", "- {hosts: a, tasks: [{run: a, phase: early}]}",
        ]
        let input = JSON.array((good + wrong).map { .string($0) }).line
        let result = try await runChild([python, "-c", Self.program, Self.file.path], input: Array(input.utf8))
        if result.status == .exited(77) { try Test.cancel("python3-jsonschema or python3-yaml is not installed") }
        let verdicts = result.output.split(separator: "\n").map(String.init)
        try #require(verdicts.count == good.count + wrong.count, "\(result.errors)")
        for (document, verdict) in zip(good, verdicts) { #expect(verdict == "ok", "\(document)") }
        for (document, verdict) in zip(wrong, verdicts.dropFirst(good.count)) {
            #expect(verdict != "ok", "\(document)")
        }
        // Baton and the schema agree.
        for document in wrong { #expect(problems(document) != "") }
    }
}
