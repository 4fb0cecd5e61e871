import Testing

@testable import Arguments

@Suite struct DeclarationProblemsTests {
    @Test func `the made-up tool has no problems`() {
        #expect(FakeTool.tool.problems() == [])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let declaration: CommandDeclaration
        let problems: [String]
        var testDescription: String { problems.first ?? "" }
    }

    private enum Odd: String, CaseIterable {
        case spaced = "two words"
    }

    private static func tool(
        _ options: [any DeclaresOption] = [],
        _ operands: [any DeclaresOperand] = []
    ) -> CommandDeclaration {
        CommandDeclaration(name: "t", abstract: "Do it.", options: options, operands: operands)
    }

    static let cases: [Case] = [
        Case(
            declaration: tool([Option.flag("-x", "--one", help: "One."), Option.flag("-x", "--two", help: "Two.")]),
            problems: ["t: -x is declared twice"]
        ),
        Case(
            declaration: tool([Option.flag("-h", "--host", help: "Host.")]),
            problems: ["t: -h is declared twice"]
        ),
        Case(
            declaration: CommandDeclaration(
                name: "t",
                abstract: "Do it.",
                options: [Option.flag("--one", help: "One.")],
                subcommands: [
                    CommandDeclaration(name: "a", abstract: "Do.", options: [Option.flag("--one", help: "One.")]),
                    CommandDeclaration(name: "a", abstract: "Do."),
                    CommandDeclaration(name: "help", abstract: "Do."),
                ]
            ),
            problems: [
                "t: two commands are called a", "t: the command help is built in", "t a: --one is declared twice",
            ]
        ),
        Case(
            declaration: tool([Option.flag("--one", help: ""), Option.flag("--two", help: "No stop")]),
            problems: [
                "t: the help of --one is missing",
                "t: the help of --two is not one line from a capital letter to a full stop",
            ]
        ),
        Case(
            declaration: tool([Option.flag("--two", help: "no capital.")]),
            problems: ["t: the help of --two is not one line from a capital letter to a full stop"]
        ),
        Case(
            declaration: tool([Option.flag("one", help: "One."), Option.flag("--a b", help: "Two.")]),
            problems: [
                "t: one has no long name", "t: \"one\" cannot name an option", "t: \"--a b\" cannot name an option",
            ]
        ),
        Case(
            declaration: tool([Option.flag(help: "One.")]),
            problems: ["t: an option has no name", "t:  has no long name"]
        ),
        Case(
            declaration: tool([
                Option.value("--size", as: .wholeNumber(in: 1...5, named: "size"), default: 9, help: "Size.")
            ]),
            problems: [
                "t: the placeholder \"size\" of --size is not a plain word in capitals",
                "t: --size does not accept its own default 9",
            ]
        ),
        Case(
            declaration: tool([Option.optional("--odd", as: .choice(Odd.self, named: "ODD"), help: "Odd.")]),
            problems: ["t: the choice \"two words\" of --odd is not a plain word"]
        ),
        Case(
            declaration: tool([], [FakeTool.extra, FakeTool.pattern]),
            problems: [
                "t: nothing is left for PATTERN after TAG",
                "t: PATTERN must be given, so TAG before it cannot be left out",
            ]
        ),
        Case(
            declaration: tool([], [FakeTool.pattern, FakeTool.pattern]),
            problems: ["t: two operands are called PATTERN"]
        ),
        Case(
            declaration: tool([], [FakeTool.command, Operand.afterDoubleDash(as: .text("MORE"), help: "More.")]),
            problems: ["t: only one operand can come after --"]
        ),
        Case(
            declaration: CommandDeclaration(
                name: "my tool",
                abstract: "",
                examples: [.init("other x", "Do."), .init("my tool --nonsense", "Do.")],
                exitCodes: [.init(1, "Bad."), .init(1, "Worse."), .init(256, "Worst.")]
            ),
            problems: [
                "my tool: the name is not a plain word", "my tool: exit code 1 is explained twice",
                "my tool: exit code 256 cannot be", "my tool: the abstract is missing",
                "my tool: the example \"other x\" does not call my tool",
                "my tool: the example \"my tool --nonsense\" does not call my tool",
            ]
        ),
        Case(
            declaration: CommandDeclaration(
                name: "t",
                abstract: "Do it.",
                examples: [.init("t --nonsense", "Do."), .init("t 'a b'", "Needs a shell.")]
            ),
            problems: ["t: the example \"t --nonsense\" is refused: `--nonsense` is not an option of `t`."]
        ),
        Case(
            declaration: CommandDeclaration(
                name: "t",
                abstract: "Do it.",
                operands: [FakeTool.pattern],
                subcommands: [CommandDeclaration(name: "a", abstract: "Do.")]
            ),
            problems: ["t: a command has either commands or operands"]
        ),
    ]

    @Test(arguments: cases)
    func `a mistake in a declaration is found`(mistake: Case) {
        #expect(mistake.declaration.problems() == mistake.problems)
    }
}
