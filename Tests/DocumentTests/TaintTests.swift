import Document
import Testing

/// What comes from a secret is a secret, whatever is done to it.
struct TaintTests {
    private static let secret = "s: !secret env:TOKEN\nm: {a: !secret env:TOKEN, b: 1}\nl: [1, !secret env:TOKEN]\n"

    @Test(arguments: [
        "s", "'a' ~ s", "s + 'a'", "s * 2", "s | upper", "s | b64encode", "s | quote", "s[0]", "s[1:3]", "s | length",
        "s | default('x')", "s if true else 1", "s or 1", "true and s", "[s] | join", "{'k': s} | to_json", "l | join",
        "m | string", "m.a", "l[1]", "l | last", "s == 'x'", "s in ['x']", "'h' in s", "s | split('-') | first",
        "s | int", "s is string", "(s, 'a') | max", "{s: 1}", "{s: 1} | list", "({s: 1}).keys()", "{s: 1} | to_json",
        "{s: 1}.items() | first | first", "s.upper()", "s.startswith('h')", "s | replace('h', 'x')",
        "'abc' | replace('b', s)", "l | map('string') | last", "l | sort(attribute='x') | default(s)", "[s] | unique",
        "m | to_nice_json", "m.values()", "m | dict2items", "m | combine({'z': 1})", "'%s' ~ l", "not s",
        "[1, 2][s | length - 14]", "s | ternary(s, 1)", "l | select('string') | list", "s | list | reverse",
        "'1' | join(s)", "l + [1]", "[s] * 2", "s ~ ''",
    ])
    func `a secret stays one`(expression: String) {
        let shown = x(TaintTests.secret + "x: \"{{ \(expression) }}\"\n")
        #expect(shown.hasPrefix("*"), "\(shown)")
        #expect(x(TaintTests.secret + "x: \"a {{ \(expression) }}\"\n").hasPrefix("*\"a "))
    }

    @Test(arguments: [
        "m.b", "l[0]", "l | first", "m | length", "l | length", "m | list", "'a' if s else 'b'", "1 if s == 'x' else 2",
        "s is defined", "s | ternary('a', 'b')", "m.keys()", "[s, 1][1]", "none and s", "1 or s", "m.b | default(s)",
    ])
    func `what only lies beside it is none`(expression: String) {
        let shown = x(TaintTests.secret + "x: \"{{ \(expression) }}\"\n")
        #expect(!shown.contains("*") && !shown.contains("error"), "\(shown)")
    }

    @Test func `through variables and templates`() throws {
        #expect(
            x(TaintTests.secret + "y: \"{{ s }}\"\nx: {k: [\"{{ y }}\"], n: 1}\n")
                == "*{k: *[*\"hunter2-secret\"], n: 1}"
        )
        var evaluator = try evaluator(TaintTests.secret)
        func text(_ template: String) throws -> RenderedText {
            try evaluator.text(try Template(file: SourceText(name: "t", text: template)))
        }
        #expect(try text("{% if s %}yes{% endif %}").isTainted == false)
        #expect(try text("{% for c in l %}{{ c }}{% endfor %}").isTainted)
        #expect(try text("{% for c in l %}{{ loop.index }}{% endfor %}").isTainted == false)
        #expect(try text("{% set t = s %}{{ t[2:] }}").isTainted)
        #expect(try text("{% set t %}<{{ s }}>{% endset %}{{ t }}").isTainted)
    }

    @Test func `what came out is remembered for redaction`() throws {
        var evaluator = try evaluator(TaintTests.secret + "x: \"{{ s | upper }}\"\n")
        #expect(evaluator.secrets == [])
        _ = try evaluator.value(of: "x")
        #expect(evaluator.secrets == ["hunter2-secret", "HUNTER2-SECRET"])
        _ = try evaluator.text(try Template(file: SourceText(name: "t", text: "a{{ s | b64encode }}")))
        #expect(evaluator.secrets.contains("aHVudGVyMi1zZWNyZXQ="))
    }

    @Test(arguments: [
        "s + 1", "s.x", "s | abs", "s | bool", "s < 1", "l | abs", "m[s]", "s | from_json", "5 in s", "m[s].a",
        "[s, 1] | sort", "l | map(s)", "[m] | map(attribute=s)", "m | dictsort(by=s)", "2 | round(method=s)",
        "l | select(s)", "[m] | selectattr(s)", "[m] | sort(attribute=s)", "m | items2dict(key_name=s)", "{s: 1}.x",
        "l[s]", "-s", "s ** 2", "s | int(base=s)", "range(s)", "s.get(1)", "l | join(attribute=s)", "[s, s, 1] | max",
        "[s] | items2dict", "1 < s", "{[s]: 1}", "s | combine(m)", "s in 5", "[s][s]", "(s | list).x", "s | dict2items",
        "m.items(s)", "1 is divisibleby s", "s is even",
    ])
    func `no error shows it`(expression: String) {
        let message = x(TaintTests.secret + "x: \"{{ \(expression) }}\"\n")
        #expect(message.contains("error: "))
        #expect(!message.contains("hunter2"))
    }

    @Test func `a secret that cannot be had`() {
        // The line itself is not shown: it names a secret.
        #expect(
            x("x: !secret env:NOPE\n") == """
                vars.yml:1:4: error: the secret "env:NOPE" cannot be had: it is not there
                  hint: set it
                vars.yml:1:4: note: it is needed here
                """
        )
    }

    @Test func `forms of a reference`() {
        let good: [(String, SecretReference)] = [
            ("env:A_1", .environment("A_1")), ("file: /run/x y", .file("/run/x y")),
            ("command:\"pass show 'x'\"", .command("pass show 'x'")), ("command: a \"b\" c", .command("a \"b\" c")),
        ]
        for (text, reference) in good { #expect(SecretReference(text) == reference) }
        for text in ["", "env", "env:", "env:A B", "env:1A", "vault:x", "ENV:A", "file:\"\"", "command: \n"] {
            #expect(SecretReference(text) == nil, "\(text)")
        }
    }

    @Test func `references can be found beforehand`() throws {
        let source = SourceText(name: "v.yml", text: "a: [!secret env:A, {b: !secret 'file:x'}, !vault v]\n")
        let value = Value(try YAML.parse(source), in: source)
        #expect(value.secrets.map(\.reference) == [.environment("A"), .file("x")])
        #expect(value.secrets.map(\.origin.position.column) == [5, 24])
    }
}
