import Testing

@testable import Arguments

@Suite struct CommandParsingTests {
    @Test func `operands fill their places in order`() throws {
        let parsed = try FakeTool.run("apply site.yml one -C two")
        #expect(parsed?[FakeTool.playbook] == "site.yml")
        #expect(parsed?[FakeTool.extra] == ["one", "two"])
        #expect(parsed?.commandPath == ["apply"])
    }

    @Test func `an optional operand is nil when left out`() throws {
        #expect(try FakeTool.run("lab down")?[FakeTool.format] == nil)
        #expect(try FakeTool.run("lab down yaml")?[FakeTool.format] == .yaml)
    }

    @Test func `after two dashes nothing is an option`() throws {
        let parsed = try FakeTool.run("apply -- -C --help")
        #expect(parsed?[FakeTool.check] == false)
        #expect(parsed?[FakeTool.playbook] == "-C")
        #expect(parsed?[FakeTool.extra] == ["--help"])
    }

    @Test func `an operand for what follows two dashes takes all of it`() throws {
        let parsed = try FakeTool.run("exec web -- ls -l -- --limit x")
        #expect(parsed?[FakeTool.pattern] == "web")
        #expect(parsed?[FakeTool.command] == ["ls", "-l", "--", "--limit", "x"])
        #expect(parsed?[FakeTool.limit] == nil)
    }

    @Test func `a command may follow two dashes`() throws {
        #expect(try FakeTool.run("-v -- lab up")?.commandPath == ["lab", "up"])
    }

    @Test(arguments: [
        ("--help", []), ("-h", []), ("help", []), ("lab -h", ["lab"]), ("help lab", ["lab"]),
        ("help lab up", ["lab", "up"]), ("lab up --help", ["lab", "up"]), ("--help lab up", ["lab", "up"]),
        ("lab --help up", ["lab", "up"]), ("apply --help --nonsense", ["apply"]), ("apply -Ch", ["apply"]),
        ("lab --help nonsense", ["lab"]), ("help help", nil as [String]?), ("help -v lab", ["lab"]),
        ("help --help", []), ("exec -v -h web", ["exec"]),
    ])
    func `help is an outcome on every level`(line: String, path: [String]?) throws {
        guard let path else {
            #expect(FakeTool.error(line)?.message == "`help` is not a command of `baton`.")
            return
        }
        guard case .help(let found) = try FakeTool.parse(line) else {
            Issue.record("\(line) is no request for help")
            return
        }
        #expect(found == path)
    }

    @Test(arguments: ["--version", "-v --version", "lab up --version"])
    func `the version is an outcome`(line: String) throws {
        guard case .version = try FakeTool.parse(line) else {
            Issue.record("\(line) is no request for the version")
            return
        }
    }

    @Test func `a tool without a version has no such option`() {
        let tool = CommandDeclaration(name: "plain", abstract: "Do it.")
        #expect(throws: UsageError(message: "`--version` is not an option of `plain`.")) {
            try tool.parse(["--version"])
        }
    }

    @Test func `a tool may work without commands`() throws {
        let tool = CommandDeclaration(name: "plain", abstract: "Do it.", operands: [FakeTool.pattern])
        guard case .run(let parsed) = try tool.parse(["help"]) else {
            Issue.record("help is an operand where there are no commands")
            return
        }
        #expect(parsed[FakeTool.pattern] == "help")
        #expect(parsed.commandPath == [])
    }

    @Test func `asking for a required operand of another command stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = try FakeTool.run("lab up")?[FakeTool.playbook]
        }
    }
}
