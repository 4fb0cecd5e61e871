import Document
import Testing

/// Names and secrets whose values come later: who needs one waits, and nobody takes it for undefined.
struct PendingTests {
    private func evaluator() throws -> Evaluator {
        let source = SourceText(name: "vars.yml", text: "{a: '{{ r.x }}', b: 1, s: !secret env:TOKEN, r: 2}")
        let entries = try YAML.parse(source).entries ?? []
        let layer = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, Value($0.value, in: source)) })
        let variables = Variables([layer], pending: ["r"], hint: { $0 == "later" ? "it comes later" : nil })
        return Evaluator(variables) { (_) throws(SecretProblem) in throw .later }
    }

    private func wait(_ expression: String) throws -> Wait? {
        var evaluator = try evaluator()
        let template = try Template(condition: expression, at: Origin(SourceText(name: "t", text: expression), .start))
        do throws(DocumentError) {
            _ = try evaluator.value(template)
            return nil
        } catch {
            return evaluator.wait
        }
    }

    @Test(arguments: [
        "r", "r.x", "r | default(1)", "r is defined", "r is undefined", "a", "a | default('x')", "a is defined",
        "r.x.y | default(1)",
        "[r]", "1 if r else 2", "b and r", "{{ b }}{% for i in r %}{% endfor %}", "[1, 2] | map('default', r) | list",
    ])
    func `waits`(expression: String) throws { #expect(try wait(expression) == .variable("r")) }

    @Test(arguments: [
        "b", "false and r", "1 if b else r", "b | default(r)", "nope | default(1)",
        "{% for r in [1] %}{{ r }}{% endfor %}",
    ])
    func `does not wait`(expression: String) throws { #expect(try wait(expression) == nil) }

    @Test func `a secret that has not been fetched`() throws {
        #expect(try wait("s | default('x')") == .secret(.environment("TOKEN")))
        #expect(try wait("s is defined") == nil)
    }

    @Test func `what an evaluation waited for is forgotten by the next`() throws {
        var evaluator = try evaluator()
        let origin = Origin(SourceText(name: "t", text: ""), .start)
        #expect(throws: DocumentError.self) { try evaluator.value(try Template(condition: "r", at: origin)) }
        #expect(evaluator.wait == .variable("r"))
        #expect(throws: DocumentError.self) { try evaluator.value(try Template(condition: "nope", at: origin)) }
        #expect(evaluator.wait == nil)
    }

    @Test func `who knows better says what a name is`() throws {
        var evaluator = try evaluator()
        let origin = Origin(SourceText(name: "t", text: "later"), .start)
        do throws(DocumentError) {
            _ = try evaluator.value(try Template(condition: "later", at: origin))
            Issue.record("defined")
        } catch {
            #expect(error.description.contains("hint: it comes later"))
        }
    }
}
