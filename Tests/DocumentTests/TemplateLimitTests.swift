import Document
import Testing

/// Templates that ask for too much: an error in little time, never a hang or a full memory.
struct TemplateLimitTests {
    @Test(arguments: [
        ("{{ 'x' * 10 ** 9 }}", "this makes a text of more than 16777216 bytes"),
        ("{{ 'x' * 9223372036854775807 }}", "this makes a text of more than 16777216 bytes"),
        ("{{ [1] * 10 ** 9 }}", "this takes more than 2000000 steps"),
        ("{{ 9 ** 9 ** 9 ** 9 }}", "the result does not fit into 64 bits"),
        ("{{ 2.0 ** 9999999999 }}", "the result is too large"),
        ("{{ range(10 ** 12) | length }}", "this takes more than 2000000 steps"),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
            "this takes more than 2000000 steps"
        ),
        ("{% for a in range(99999) %}{{ 'x' * 1000 }}{% endfor %}", "this makes a text of more than 16777216 bytes"),
        (
            "{% for a in range(999) %}{% set b = 'x' * 10000000 %}{% endfor %}",
            "the texts that are made on the way to this have more than 268435456 bytes"
        ),
        ("{{ 'x' | indent(10 ** 12) }}", "this makes a text of more than 16777216 bytes"),
        ("{{ ('x' * 10000000) | replace('x', 'y' * 10000000) }}", "this makes a text of more than 16777216 bytes"),
        ("{{ ['x' * 10000000, 'y' * 10000000] | join }}", "this makes a text of more than 16777216 bytes"),
        ("{{ ['x' * 10000000] * 1000 }}", "this makes a text of more than 16777216 bytes"),
        ("{{ ['x' * 10000000] * 1000 | to_json }}", "\"*\" does not work"),
        ("{{ (['x' * 10000000] * 1000) | to_json }}", "this makes a text of more than 16777216 bytes"),
        ("{{ ('a' * 5000000) in ('a' * 9000000 ~ 'b') }}", ""),
        ("{{ (['a'] * 1000000) | unique | length }}", ""),
    ])
    func `in one expression`(template: String, expected: String) {
        let message = rendered(template)
        #expect(
            expected.isEmpty ? !message.contains("Fatal") : message.contains("error: " + expected),
            "\(message.prefix(500))"
        )
    }

    @Test func `laughs through variables`() {
        var text = "a0: [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let inner = "\"{{ a\(level - 1) }}\""
            text += "a\(level): [" + Array(repeating: inner, count: 10).joined(separator: ", ") + "]\n"
        }
        let message = x(text + "x: \"{{ a30 }}\"\n")
        #expect(message.contains("error: this "), "\(message.prefix(500))")
        var texts = "a0: xxxxxxxxxx\n"
        for level in 1...40 { texts += "a\(level): \"{{ a\(level - 1) }}{{ a\(level - 1) }}\"\n" }
        #expect(x(texts + "x: \"{{ a40 }}\"\n").contains("error: this makes a text of more than 16777216 bytes"))
    }

    @Test func `laughs through set`() {
        let doubled = String(repeating: "{% set a = [a, a] %}", count: 60)
        #expect(rendered("{% set a = 1 %}" + doubled).contains("error: this makes a value of more than 1000000 parts"))
        let nested = String(repeating: "{% set a = [a] %}", count: 5000)
        #expect(
            rendered("{% set a = 1 %}" + nested + "{{ a }}").contains("error: lists and maps lie more than 100 deep")
        )
        let text = String(repeating: "{% set a = a ~ a %}", count: 100)
        #expect(rendered("{% set a = 'x' %}" + text).contains("error: this makes a text of more than 16777216 bytes"))
    }

    @Test(arguments: ["(", "[", "{1:", "-", "not ", "1 if 1 else ", "a[", "'a' | default(", "a.b(", "+"])
    func `deep expressions`(part: String) {
        for count in [29, 31, 20_000] {
            let message = rendered("{{ " + String(repeating: part, count: count))
            #expect(message.contains("error: "))
        }
    }

    @Test(arguments: [" + 1", " | upper", ".a", "[0]", " and 1", " or 1", " ~ 1", " == 1", ", 1", " ** 1", " if 1"])
    func `long expressions`(part: String) {
        for count in [29, 58, 120, 20_000] {
            // An error or a value, as it may be: the stack holds.
            _ = rendered("{{ 1" + String(repeating: part, count: count) + " }}")
        }
    }

    @Test(arguments: ["{% if 1 %}", "{% for a in [1] %}", "{% set a %}", "{% if 0 %}{% else %}"])
    func `deep statements`(part: String) {
        #expect(rendered(String(repeating: part, count: 10_000)).contains("error: "))
    }

    @Test func `long chains of variables`() {
        func chain(_ length: Int) -> String {
            var text = "a0: 1\n"
            for level in 1...length { text += "a\(level): \"{{ a\(level - 1) + 1 }}\"\n" }
            return x(text + "x: \"{{ a\(length) }}\"\n")
        }
        #expect(chain(40) == "41")
        #expect(chain(5000).contains("error: the variables that this needs lie too deep in each other\n"))
    }

    @Test func `a real template is far from all limits`() {
        let template =
            "{% for h in range(10000) %}\nserver web{{ h }} 10.0.{{ h // 256 }}.{{ h % 256 }}:8000 check\n{% endfor %}\n"
        #expect(rendered(template).utf8.count > 300_000)
    }

    @Test func `the limits start anew for each document`() throws {
        var limits = TemplateLimits()
        limits.steps = 1000
        var evaluator = try evaluator("", limits: limits)
        let template = try Template(file: SourceText(name: "t", text: "{{ range(300) | length }}"), limits: limits)
        for _ in 0..<5 { #expect(try evaluator.text(template).text == "300") }
    }
}
