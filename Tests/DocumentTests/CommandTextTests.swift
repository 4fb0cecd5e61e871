import Document
import Testing

/// Values in commands: each is one word, or an error.
struct CommandTextTests {
    @Test(arguments: [
        ("echo {{ s }}", "echo 'it'\\''s $HOME'"),
        ("echo --name={{ s }} {{ n }}", "echo --name='it'\\''s $HOME' 5"),
        ("x {{ e }} {{ nothing }}y", "x '' ''y"),
        ("echo {{ s | upper }}", "echo 'IT'\\''S $HOME'"),
        ("echo {{ s | quote }}", "echo 'it'\\''s $HOME'"),
        ("echo {{ s | raw }}", "echo it's $HOME"),
        ("{% for f in l %}rm {{ f }};{% endfor %}", "rm a;rm 'b c';"),
        ("rm {{ l | join(' ') }}", "rm 'a b c'"),
        ("echo '{' {{ n }} \"}\" # it's fine\necho {{ n }}", "echo '{' 5 \"}\" # it's fine\necho 5"),
        ("a \"$(cat {{ s }})\"", "a \"$(cat 'it'\\''s $HOME')\""),
        ("echo \\\\{{ n }} 'a'{{ n }}", "echo \\\\5 'a'5"),
        ("echo ${#x} a#{{ n }}", "echo ${#x} a#5"),
        ("echo {{ 2.10 }} {{ t }}{{ 'x' if false }}", "echo 2.10 True"),
        ("plain {{ n }}\n", "plain 5\n"),
    ])
    func `are quoted`(template: String, expected: String) {
        // A comment of the shell is one of templates where braces stand before it.
        let template = template.replacing("${#x}", with: "{% raw %}${#x}{% endraw %}")
        #expect(command(template, CommandTextTests.variables) == expected)
    }

    private static let variables = "s: it's $HOME\nn: 5\ne: ''\nnothing: ~\nl: [a, b c]\nm: {a: 1}\nt: true\n"

    @Test(arguments: [
        ("echo '{{ s }}'", "1:7: error: a value cannot be inserted inside '...'"),
        ("echo \"{{ s }}\"", "1:7: error: a value cannot be inserted inside \"...\""),
        ("echo \"a\"'b {{ s }}'", "1:12: error: a value cannot be inserted inside '...'"),
        ("echo \\{{ s }}", "1:7: error: a value cannot be inserted behind a backslash"),
        ("echo # {{ s }}", "1:8: error: a value cannot be inserted in a comment"),
        ("echo `{{ s }}`", "1:7: error: a value cannot be inserted inside `...`"),
        ("cat <<E\n{{ s }}\nE", "2:1: error: a value cannot be inserted behind the start of a here-document"),
        ("echo {{ q | raw }} {{ s }}", "1:20: error: a value cannot be inserted inside '...'"),
        ("echo {{ l }}", "1:9: error: \"l\" is a list, which is no word of a command"),
        ("echo {{ m }}", "1:9: error: \"m\" is a mapping, which is no word of a command"),
        ("echo {{ z }}", "1:9: error: \"z\" is not defined"),
    ])
    func `are refused where a word does not work`(template: String, expected: String) {
        let message = command(template, CommandTextTests.variables + "q: \"'\"\n")
        #expect(message.hasPrefix("play.yml:" + expected + "\n"), "\(message)")
    }

    @Test func `raw ones are listed`() throws {
        var evaluator = try evaluator("a: x y\ns: !secret env:TOKEN\n")
        let text = "run {{ a | raw }} {{ a }}\n  {{ s | raw }}"
        let source = SourceText(name: "play.yml", text: text)
        let command = try evaluator.command(try Template(text, at: Origin(source, .start)))
        #expect(command.raws.map(\.text) == ["x y", "hunter2-secret"])
        #expect(command.raws.map(\.origin.position) == [pos(1, 5), pos(2, 3)])
        #expect(command.raws.map(\.isTainted) == [false, true])
        #expect(command.isTainted)
    }

    @Test func `NUL is no part of a command`() {
        #expect(command("echo {{ s }}", "s: \"a\\0b\"\n").contains("error: a NUL byte cannot be in a command\n"))
    }
}
