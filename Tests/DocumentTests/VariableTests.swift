import Document
import Testing

/// Variables that need each other.
struct VariableTests {
    @Test(arguments: [
        ("version: 2.10\nx: v{{ version }}\n", "\"v2.10\""),
        ("version: \"2.10\"\nx: \"{{ version }}\"\n", "\"2.10\""),
        ("version: 2.10\nx: \"{{ version }}\"\n", "2.1"),
        ("version: 2.10\nx: \"{{ version | default('x') }}-{{ [version] }}\"\n", "\"2.10-[2.10]\""),
        ("version: 2.10\nx: \"{{ version + 0 }}!\"\n", "\"2.1!\""),
        ("mode: 0644\nx: \"mode {{ mode }}\"\n", "\"mode 0644\""),
        ("y: yes\nx: \"{{ y }}|{{ y | lower }}\"\n", "\"True|true\""),
        ("n: ~\nx: \"<{{ n }}>{{ n ~ '' }}\"\n", "\"<>None\""),
        ("d: 2001-01-02\nx: \"on {{ d }}\"\n", "\"on 2001-01-02\""),
        ("a: \"{{ b }}\"\nb: \"{{ c + 1 }}\"\nc: 1\nx: [\"{{ a }}\", \"{{ a }}\"]\n", "[2, 2]"),
        ("a: {p: \"{{ nope }}\", q: 1}\nx: \"{{ a.q }}\"\n", "1"),
        ("a: !unsafe \"{{ b }}\"\nx: \"{{ a }}\"\n", "\"{{ b }}\""),
        ("a: \"{{ '{{' }} b }}\"\nx: \"{{ a }}{{ a | upper }}\"\n", "\"{{ b }}{{ B }}\""),
        ("a: \"{{ nope }}\"\nx: \"{{ a | default('d') }}{{ a is defined }}\"\n", "\"dFalse\""),
        ("a: [1, \"{{ b }}\"]\nb: 2\nx: \"{{ a | sum }}\"\n", "3"),
        ("a: {k: \"{{ b }}\"}\nb: 2\nx: \"{{ a == {'k': 2} }}\"\n", "true"),
        ("x: \"${#list} {# no template #}\"\n", "\"${#list} {# no template #}\""),
        ("80: a\nx: \"{{ {80: 'n', '80': 't'}[80] }}\"\n", "\"n\""),
    ])
    func `have these values`(text: String, expected: String) {
        #expect(x(text) == expected)
    }

    @Test func `the strongest layer decides, each time`() throws {
        let source = SourceText(name: "v", text: "{a: \"{{ b }}\", b: 1}")
        func layer(_ text: String) throws -> [String: Value] {
            let source = SourceText(name: "v", text: text)
            return Dictionary(
                uniqueKeysWithValues: (try YAML.parse(source).entries ?? []).map {
                    ($0.name, Value($0.value, in: source))
                }
            )
        }
        let variables = Variables([try layer("b: 2"), try layer(String(decoding: source.bytes, as: UTF8.self))])
        var evaluator = Evaluator(variables) { (_) throws(SecretProblem) in "" }
        #expect(evaluator.shown("a") == "2")
        #expect(evaluator.shown("nope") == "no such variable")
    }

    @Test func `a template sees its own names only in itself`() {
        // The variable is evaluated with the variables alone, wherever it is used.
        #expect(rendered("{% for b in [1] %}{{ a }}{% endfor %}", "a: \"{{ b | default('none') }}\"\n") == "none")
        #expect(
            rendered("{% for i in [1] %}{{ a }}{% endfor %}", "a: \"{{ loop.index }}\"\n").contains(
                "\"loop\" is not defined"
            )
        )
    }

    @Test func `data is never a template`() throws {
        let source = SourceText(name: "output", text: "{a: '{{ b }}', c: ['{{ b }}']}")
        let value = Value(try YAML.parse(source), in: source).asData
        var evaluator = Evaluator(Variables([["r": value]])) { (_) throws(SecretProblem) in "" }
        let template = try Template(file: SourceText(name: "t", text: "{{ r.a }}{{ r.c[0] }}{{ r }}"))
        #expect(try evaluator.text(template).text == "{{ b }}{{ b }}{'a': '{{ b }}', 'c': ['{{ b }}']}")
    }
}
