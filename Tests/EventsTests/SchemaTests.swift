import Events
import Reactor
import TestSupport
import Testing

/// The published schemas say what is really written.
///
/// Debian's `python3-jsonschema` is the judge, in one child: a line each, `ok` or why not.
@Suite struct SchemaTests {
    private static let python = "/usr/bin/python3"
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    private static let program = """
        import json, os, sys
        try:
            import jsonschema
        except ImportError:
            sys.exit(77)
        folder = sys.argv[1]
        schemas = {}
        for name in ("event", "result"):
            with open(os.path.join(folder, name + ".schema.json")) as file:
                schemas[name] = json.load(file)
        store = {schema["$id"]: schema for schema in schemas.values()}
        checkers = {}
        for name, schema in schemas.items():
            jsonschema.Draft202012Validator.check_schema(schema)
            resolver = jsonschema.RefResolver.from_schema(schema, store=store)
            checkers[name] = jsonschema.Draft202012Validator(
                schema, resolver=resolver, format_checker=jsonschema.FormatChecker())
        for line in sys.stdin:
            name, text = line.split(" ", 1)
            errors = [error.message for error in checkers[name].iter_errors(json.loads(text))]
            print(errors[0].replace("\\n", " ") if errors else "ok")
        """

    /// What the schemas say of each line: `event` or `result`, a blank, and the JSON.
    private func judge(_ lines: [String]) async throws -> [String] {
        guard Surroundings.has(Self.python) else { try Test.cancel("\(Self.python) is not there") }
        let result = try await runChild(
            [Self.python, "-c", Self.program, "\(Self.root)/docs/schema"],
            input: Array((lines.joined(separator: "\n") + "\n").utf8)
        )
        if result.status == .exited(77) { try Test.cancel("python3-jsonschema is not installed") }
        #expect(result.errors == "")
        return result.output.split(separator: "\n").map(String.init)
    }

    private func event(_ event: Event) -> String { "event \(event.json(Redactor()).line)" }
    private func result(_ result: RunResult) -> String { "result \(result.json(Redactor()).line)" }

    @Test func `every kind of event and result is as the schemas say`() async throws {
        let lines = Samples.events.map(event) + Samples.results.map(result)
        let verdicts = try await judge(lines)
        #expect(verdicts.count == lines.count)
        for (line, verdict) in zip(lines, verdicts) { #expect(verdict == "ok", "\(line)") }
    }

    /// Each is a good line with one thing changed, so that only that thing can be what is refused.
    private static let spoiled: [(line: String, good: String, bad: String)] = {
        let events = Samples.events.map { "event \($0.json(Redactor()).line)" }
        let results = Samples.results.map { "result \($0.json(Redactor()).line)" }
        func first(_ lines: [String], _ part: String) -> String { lines.first { $0.contains(part) } ?? "" }
        return [
            (first(events, "run.started"), "\"baton.event/1\"", "\"baton.event/2\""),
            (first(events, "run.started"), "\"hosts\":7", "\"hosts\":\"7\""),
            (first(events, "task.started"), "\"number\":3", "\"number\":0"),
            (first(events, "task.started"), "\"host\":\"web1\",", ""),
            (first(events, "task.finished"), "\"phase\":\"run\"", "\"phase\":\"later\""),
            (first(events, "task.finished"), "\"status\":\"failed\"", "\"status\":\"untouched\""),
            (first(events, "task.finished"), "\"changes\":[]", "\"changes\":[1]"),
            (first(events, "\"planned\""), "\"planned\":true", "\"planned\":false"),
            (first(results, "\"tasks\""), "\"tasks\":[", "\"tasks\":[1,"),
            (first(events, "run.started"), "\"hosts\":7", "\"hosts\":-1"),
            (first(events, "run.started"), "\"hosts\":7", "\"hosts\":7,\"more\":1"),
            (first(events, "run.started"), ",\"hosts\":7", ""),
            (first(events, "run.started"), "run.started", "run.begun"),
            (first(events, "run.started"), "\"sequence\":1,", ""),
            (first(events, "run.started"), "\"sequence\":1,", "\"sequence\":0,"),
            (first(events, "run.started"), "T23:59:59.123Z", " 23:59"),
            (first(events, "host.connecting"), "\"host\":\"web1\",", ""),
            (first(events, "host.connecting"), "\"attempt\":1", "\"attempt\":0"),
            (first(events, "host.retrying"), "\"delay_ms\"", "\"delay\""),
            (first(events, "host.connected"), "\"duration_ms\":31", "\"duration_ms\":-31"),
            (first(events, "host.key_accepted"), "\"fingerprint\"", "\"print\""),
            (first(events, "host.output"), "\"stdout\"", "\"stdin\""),
            (first(events, "run.stopping"), "\"run.stopping\"", "\"run.stopping\",\"host\":\"a\""),
            (first(events, "run.cancelling"), "\"run.cancelling\"", "\"run.cancelling\",\"x\":1"),
            (first(events, "\"warning\""), "\"message\"", "\"text\""),
            (first(events, "\"status\":\"ok\""), "\"status\":\"ok\"", "\"status\":\"fine\""),
            (first(events, "\"status\":\"ok\""), "\"exit\":0,", ""),
            (first(events, "run.finished"), "\"baton.result/1\"", "\"baton.result/9\""),
            (first(results, "mixed"), "\"outcome\":\"mixed\"", "\"outcome\":\"odd\""),
            (first(results, "mixed"), "\"exit\":5", "\"exit\":10"),
            (first(results, "mixed"), "\"touched\":6", "\"touched\":null"),
            (first(results, "mixed"), "\"releases\":{}", "\"releases\":[]"),
            (first(results, "mixed"), "\"kind\":\"refused\"", "\"kind\":\"\""),
            (first(results, "mixed"), "\"host\":\"web1\",", ""),
            (first(results, "mixed"), "aGn/Cg==", "not base64!"),
            (first(results, "mixed"), "\"os\":\"debian\"", "\"os\":1"),
            (first(results, "mixed"), "\"stdout_dropped\":7", "\"stdout_dropped\":0"),
        ]
    }()

    @Test func `a wrong one is refused`() async throws {
        let lines = Self.spoiled.map { $0.line.replacing($0.good, with: $0.bad, maxReplacements: 1) }
        for (line, spoiled) in zip(lines, Self.spoiled) {
            #expect(line != spoiled.line, "\(spoiled.good) is not there")
        }
        let verdicts = try await judge(lines)
        #expect(verdicts.count == lines.count)
        for (line, verdict) in zip(lines, verdicts) { #expect(verdict != "ok", "\(line)") }
    }
}
