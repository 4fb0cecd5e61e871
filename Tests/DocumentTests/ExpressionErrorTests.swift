import Document
import Testing

/// Where an error in an expression is said to be, and in what words.
struct ExpressionErrorTests {
    @Test(arguments: [
        // A plain scalar.
        (
            "user: me\nx: hello {{ usr }}\n",
            """
            vars.yml:2:13: error: "usr" is not defined
              x: hello {{ usr }}
                          ^
              hint: did you mean "user"?
            """
        ),
        // Escapes and quotes before the place.
        (
            "x: \"a\\tb\\u00e9 {{ nope }}\"\n",
            """
            vars.yml:1:19: error: "nope" is not defined
              x: "a\\tb\\u00e9 {{ nope }}"
                                ^
            """
        ),
        (
            "x: 'a {{ nope }} b\n  '\n",
            """
            vars.yml:1:10: error: "nope" is not defined
              x: 'a {{ nope }} b
                       ^
            """
        ),
        (
            "x: 'it''s {{ nope }}'\n",
            """
            vars.yml:1:14: error: "nope" is not defined
              x: 'it''s {{ nope }}'
                           ^
            """
        ),
        // The second line of a block, whose indentation is gone.
        (
            "x: |\n    one é\n    two {{ nope }}\n",
            """
            vars.yml:3:12: error: "nope" is not defined
                  two {{ nope }}
                         ^
            """
        ),
        // Folded: the line ends have become spaces.
        (
            "x: >-\n  one\n  two\n\n  three {{ nope }} four\n",
            """
            vars.yml:5:12: error: "nope" is not defined
                three {{ nope }} four
                         ^
            """
        ),
        (
            "x: \"one\n    two \\\n    {{ nope }}\"\n",
            """
            vars.yml:3:8: error: "nope" is not defined
                  {{ nope }}"
                     ^
            """
        ),
        (
            "x: one\n  two {{ nope }}   # why\n",
            """
            vars.yml:2:10: error: "nope" is not defined
                two {{ nope }}   # why
                       ^
            """
        ),
        (
            "x: {a: [1, \"{{ nope }}\"]}\n",
            """
            vars.yml:1:16: error: "nope" is not defined
              x: {a: [1, "{{ nope }}"]}
                             ^
            """
        ),
        // What was read through an anchor is where it was written.
        (
            "a: &a \"{{ nope }}\"\nx: *a\n",
            """
            vars.yml:1:11: error: "nope" is not defined
              a: &a "{{ nope }}"
                        ^
            """
        ),
        (
            "x: !!str \"{{ 1 + }}\"\n",
            """
            vars.yml:1:18: error: an expression is missing here
              x: !!str "{{ 1 + }}"
                               ^
            """
        ),
    ])
    func `places in a YAML file`(text: String, expected: String) {
        #expect(x(text) == expected)
    }

    @Test func `a line end of Windows moves nothing`() {
        #expect(x("x: |\r\n  a\r\n  b {{ y }}\r\n").hasPrefix("vars.yml:3:8: error: \"y\" is not defined\n"))
    }

    @Test func `the way from use to mistake is told`() {
        #expect(
            x("a: \"{{ nope }}\"\nb: \"<{{ a }}>\"\nx: \"{{ b }}\"\n") == """
                vars.yml:1:8: error: "nope" is not defined
                  a: "{{ nope }}"
                         ^
                vars.yml:2:9: note: "a" is used here
                  b: "<{{ a }}>"
                          ^
                vars.yml:3:8: note: "b" is used here
                  x: "{{ b }}"
                         ^
                """
        )
    }

    @Test func `a circle shows the chain`() {
        #expect(
            x("x: \"{{ a }}\"\na: \"{{ b }}!\"\nb: \"{{ a }}\"\n") == """
                vars.yml:3:8: error: a variable needs itself: a -> b -> a
                  b: "{{ a }}"
                         ^
                vars.yml:2:4: note: "a" is defined here
                  a: "{{ b }}!"
                     ^
                vars.yml:3:4: note: "b" is defined here
                  b: "{{ a }}"
                     ^
                """
        )
        #expect(x("x: \"{{ x | default(1) }}\"\n").contains("error: a variable needs itself: x -> x\n"))
        #expect(x("x: {p: \"{{ x.q }}\", q: \"{{ x.p }}\"}\n").contains("a variable needs itself: "))
    }

    @Test(arguments: [
        ("{{ m.nmae }}", "1:6: error: \"m\" has no key \"nmae\"", "did you mean \"name\"?"),
        ("{{ m[name] }}", "1:6: error: \"name\" is not defined", ""),
        ("{{ l[3] }}", "1:5: error: \"l\" has 2 items, but no [3]", ""),
        ("{{ m.deep.er }}", "1:11: error: \"m.deep\" has no \"er\"", ""),
        ("{{ s | uper }}", "1:8: error: there is no filter \"uper\"", "did you mean \"upper\"?"),
        ("{{ s is defned }}", "1:9: error: there is no test \"defned\"", "did you mean \"defined\"?"),
        ("{{ s.uper() }}", "1:6: error: there is no method \"uper\"", "did you mean \"upper\"?"),
        ("{{ s | join(sep=1) }}", "1:8: error: \"join\" has no argument \"sep\"", ""),
        ("{{ s | replace('a') }}", "1:8: error: \"replace\" needs the argument \"new\"", ""),
        (
            "{{ s + 1 }}", "1:6: error: \"+\" does not work for the text \"text\" and 1",
            "\"~\" puts texts together; \"| int\""
        ),
        ("{{ s = 1 }}", "1:6: error: \"=\" does not compare", "write \"==\""),
        ("{{ s && l }}", "1:6: error: \"&\" has no meaning in an expression", "write \"and\""),
        ("{{ $s }}", "1:4: error: \"$\" has no meaning in an expression", "variables stand without"),
        ("{{ s l }}", "1:6: error: an operator is missing before \"l\"", ""),
        ("{{ 'abc }}", "1:4: error: this quote is never closed", ""),
        ("a\n{{ s", "2:1: error: \"}}\" is missing for what is opened here", ""),
        ("{{ (s }}", "1:7: error: \")\" is missing before this \"}\"", ""),
        ("{{ 1 / 0 }}", "1:6: error: this divides by zero", ""),
        ("{{ 010 }}", "1:4: error: this is no number that can be read", "put it in quotes"),
        ("{{ lookup('x') }}", "1:4: error: there is no function \"lookup\"", "!secret env:NAME"),
        ("{{ v }}", "1:4: error: this needs a value that cannot be read: !vault", "!secret env:NAME"),
        ("{% if s %}\nx", "1:4: error: {% endif %} is missing for this", ""),
        ("{% for a in l %}{% endif %}", "1:20: error: {% endif %} does not belong into {% for %}", ""),
        ("{% include 'x' %}", "1:4: error: {% include %} is not supported", "templates have if, for, set and raw"),
        ("{% esle %}", "1:4: error: there is no statement \"esle\"", "did you mean \"else\"?"),
        ("{% for a, b in l %}{% endfor %}", "1:4: error: 2 names are to be given values, but there is 1", ""),
        ("{% for a in 5 %}{% endfor %}", "1:13: error: 5 has no items", ""),
        ("{# x", "1:1: error: \"#}\" is missing for the comment", "{% raw %}"),
    ])
    func `words and places in a template`(text: String, expected: String, hint: String) {
        let variables = "s: text\nm: {name: n, deep: 1}\nl: [1, 2]\nv: !vault x\n"
        let message = rendered(text, variables)
        #expect(message.hasPrefix("t.j2:" + expected), "\(message)")
        #expect(hint.isEmpty || message.contains("hint: ") && message.contains(hint), "\(message)")
    }

    @Test func `what cannot be read harms only where it is used`() {
        #expect(x("v: !vault abc\nx: \"{{ v is defined }}\"\n") == "true")
        #expect(x("v: {a: !vault abc, b: 1}\nx: \"{{ v.b }}\"\n") == "1")
        #expect(x("v: \"{{ lookup('env', 'HOME') }}\"\nx: 1\n") == "1")
        #expect(
            x("v: !vault abc\nx: [\"{{ v }}\"]\n").contains("error: this needs a value that cannot be read: !vault\n")
        )
        #expect(x("x: !secret TOKEN\n").contains("a secret is written \"!secret env:NAME\""))
    }

    @Test func `a template file must be UTF-8`() {
        let source = SourceText(name: "t.j2", bytes: Array("a\nb".utf8) + [0xFF])
        #expect(throws: DocumentError.self) { try Template(file: source) }
        #expect((try? Template(file: SourceText(name: "t.j2", text: "é"))) != nil)
    }

    @Test func `a condition must be true or false`() throws {
        var evaluator = try evaluator("a: 1\nb: \"false\"\n")
        func holds(_ text: String) -> String {
            do throws(DocumentError) {
                let template = try Template(condition: text, at: Origin(SourceText(name: "p.yml", text: text), .start))
                return try evaluator.holds(template) ? "yes" : "no"
            } catch {
                return error.description
            }
        }
        #expect(holds("a == 1 and b is defined") == "yes")
        #expect(holds("{{ a == 2 }}") == "no")
        #expect(holds("not a\n") == "no")
        #expect(holds("b").hasPrefix("p.yml:1:1: error: this must be true or false, and is the text \"false\"\n"))
        #expect(holds("a b").hasPrefix("p.yml:1:3: error: an operator is missing"))
        #expect(holds("c").hasPrefix("p.yml:1:1: error: \"c\" is not defined\n"))
    }
}
