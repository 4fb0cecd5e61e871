import Testing

@testable import Arguments

@Suite struct UsageErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        let message: String
        var hint: String?
        var path: [String] = ["apply"]
        var testDescription: String { line }
    }

    static let options: [Case] = [
        Case(
            line: "apply x --limt web",
            message: "`--limt` is not an option of `baton apply`.",
            hint: "Did you mean `--limit`?"
        ),
        Case(
            line: "apply x --verbsoe",
            message: "`--verbsoe` is not an option of `baton apply`.",
            hint: "Did you mean `--verbose`?"
        ),
        Case(
            line: "apply x --inv=y",
            message: "`--inv` is not an option of `baton apply`.",
            hint: "Did you mean `--inventory`?"
        ),
        Case(
            line: "lab up --hlep",
            message: "`--hlep` is not an option of `baton lab up`.",
            hint: "Did you mean `--help`?",
            path: ["lab", "up"]
        ),
        Case(line: "lab up --zzzzzz", message: "`--zzzzzz` is not an option of `baton lab up`.", path: ["lab", "up"]),
        Case(
            line: "apply x -d",
            message: "`-d` is not an option of `baton apply`.",
            hint: "Did you mean `-D`?"
        ),
        Case(
            line: "apply -5",
            message: "`-5` is not an option of `baton apply`.",
            hint: "If it is an operand, write `--` before it."
        ),
        Case(
            line: "exec --check web -- ls",
            message: "`--check` is not an option of `baton exec`, only of `baton apply`.",
            path: ["exec"]
        ),
        Case(
            line: "--limit web apply x",
            message: "`--limit` is not an option of `baton`, only of `baton apply` and `baton exec`.",
            hint: "Write it after the command it belongs to.",
            path: []
        ),
        Case(
            line: "lab --hosts 3 up",
            message: "`--hosts` is not an option of `baton lab`, only of `baton lab up`.",
            hint: "Write it after the command it belongs to.",
            path: ["lab"]
        ),
        Case(
            line: "apply x -limit web",
            message: "`-limit` has only one dash.",
            hint: "Did you mean `--limit`?"
        ),
        Case(line: "apply x --limit", message: "`--limit` needs a value.", hint: "Write `--limit=PATTERN`."),
        Case(line: "apply x -Cl", message: "`-l` needs a value.", hint: "Write `-l PATTERN`."),
        Case(
            line: "apply x --limit --forks",
            message: "`--limit` needs a value, but `--forks` looks like an option.",
            hint: "If it is the value, write `--limit=--forks`."
        ),
        Case(
            line: "apply x -f -5",
            message: "`-f` needs a value, but `-5` looks like an option.",
            hint: "If it is the value, write `--forks=-5`."
        ),
        Case(
            line: "apply x --check=yes",
            message: "`--check` takes no value, but was given `yes`.",
            hint: "Write only `--check`, or leave it out."
        ),
        Case(
            line: "apply x -DC=yes",
            message: "`-C` takes no value, but was given `yes`.",
            hint: "Write only `-C`, or leave it out."
        ),
        Case(
            line: "apply x --help=yes",
            message: "`--help` takes no value, but was given `yes`.",
            hint: "Write only `--help`, or leave it out."
        ),
        Case(line: "apply x -l a -l b", message: "`-l` is given twice, but takes only one value."),
        Case(
            line: "apply x -l a --limit=b",
            message: "`--limit` is given twice, first as `-l`, but takes only one value."
        ),
        Case(
            line: "apply x -ClD",
            message: "`-l` takes a value, so it must come last among the letters written together.",
            hint: "Write `-C -l D`."
        ),
        Case(line: "apply x --forks 0", message: "`--forks` needs a whole number from 1 to 500, not `0`."),
        Case(line: "apply x -f +5", message: "`-f` needs a whole number from 1 to 500, not `+5`."),
        Case(
            line: "apply x --color jsno",
            message: "`--color` needs one of text, json or yaml, not `jsno`.",
            hint: "Did you mean `json`?"
        ),
        Case(line: "apply x --color violet", message: "`--color` needs one of text, json or yaml, not `violet`."),
    ]

    static let commands: [Case] = [
        Case(
            line: "aplpy x",
            message: "`aplpy` is not a command of `baton`.",
            hint: "Did you mean `apply`?",
            path: []
        ),
        Case(
            line: "hepl lab",
            message: "`hepl` is not a command of `baton`.",
            hint: "Did you mean `help`?",
            path: []
        ),
        Case(
            line: "up",
            message: "`up` is not a command of `baton`.",
            hint: "Did you mean `baton lab up`?",
            path: []
        ),
        Case(line: "lab mystery", message: "`mystery` is not a command of `baton lab`.", path: ["lab"]),
        Case(
            line: "help apply x",
            message: "`baton apply` has no command `x`, nor any other.",
            path: ["apply"]
        ),
        Case(
            line: "lab -n x",
            message: "`baton lab` needs a command.",
            hint: "The commands are up, down and compare.",
            path: ["lab"]
        ),
        Case(
            line: "",
            message: "`baton` needs a command.",
            hint: "The commands are apply, exec and lab.",
            path: []
        ),
        Case(
            line: "apply -C",
            message: "`baton apply` needs PLAYBOOK.",
            hint: "Usage: baton apply [OPTIONS] PLAYBOOK [TAG ...]"
        ),
        Case(
            line: "exec",
            message: "`baton exec` needs PATTERN and WORD after `--`.",
            hint: "Usage: baton exec [OPTIONS] PATTERN -- WORD ...",
            path: ["exec"]
        ),
        Case(
            line: "exec web uptime",
            message: "`baton exec` takes only PATTERN, but was also given `uptime`.",
            hint: "Write `--` before WORD.",
            path: ["exec"]
        ),
        Case(
            line: "lab compare one",
            message: "`baton lab compare` needs at least 2 SOURCE.",
            hint: "Usage: baton lab compare [OPTIONS] SOURCE ...",
            path: ["lab", "compare"]
        ),
        Case(
            line: "lab up now",
            message: "`baton lab up` takes no operand, but was also given `now`.",
            path: ["lab", "up"]
        ),
        Case(
            line: "lab down jason",
            message: "`FORMAT` needs one of text, json or yaml, not `jason`.",
            hint: "Did you mean `json`?",
            path: ["lab", "down"]
        ),
    ]

    @Test(arguments: options + commands)
    func `a mistake is told in one sentence`(mistake: Case) {
        let expected = UsageError(message: mistake.message, hint: mistake.hint, commandPath: mistake.path)
        #expect(FakeTool.error(mistake.line) == expected)
    }

    @Test func `text from the user is made visible and cut`() {
        let nasty = "--\u{1B}[31m\n\u{202E}" + String(repeating: "x", count: 500)
        let message = FakeTool.error(["apply", "x", nasty])?.message ?? ""
        #expect(message.hasPrefix("`--\\u{1B}[31m\\n\\u{202E}xxx"))
        #expect(message.hasSuffix("x…` is not an option of `baton apply`."))
        #expect(message.count < 130)
    }

    @Test(arguments: [
        ["apply", "x", "--check=a\nb"], ["apply", "x", "--forks", "a\nb"], ["a\nb"], ["lab", "up", "a\nb"],
        ["apply", "x", "--limit", "--a\nb"], ["apply", "x", "-\n"], ["apply", "x", "-Cla\nb"],
        ["help", "apply", "a\nb"], ["apply", "x", "--a\nb=c"],
    ])
    func `no place lets a line end through`(arguments: [String]) throws {
        let error = try #require(FakeTool.error(arguments))
        let texts = error.message + (error.hint ?? "")
        #expect(!texts.contains("\n"))
        #expect(texts.contains("\\n"))
    }

    @Test func `many owners of an option are not all listed`() {
        let option = Option.flag("--force", help: "Do it.")
        let commands = (1...6).map { CommandDeclaration(name: "c\($0)", abstract: "Do.", options: [option]) }
        let tool = CommandDeclaration(name: "t", abstract: "Do.", subcommands: commands)
        #expect(
            throws: UsageError(
                message: "`--force` is not an option of `t`, only of `t c1`, `t c2` and 4 others.",
                hint: "Write it after the command it belongs to."
            )
        ) {
            try tool.parse(["--force"])
        }
    }

    /// Each option comes first once: a fixed order of names would fail all but one of these.
    @Test(arguments: ["--color", "--timeout", "--forks", "--buffer"])
    func `the first wrong value on the line is the one reported`(first: String) {
        let others = ["--color", "--timeout", "--forks", "--buffer"].filter { $0 != first }
        let error = FakeTool.error(["apply", "p"] + ([first] + others).flatMap { [$0, "x"] })
        #expect(error?.message.hasPrefix("`\(first)`") == true)
    }
}
