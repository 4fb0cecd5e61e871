import Testing

@testable import Arguments

@Suite struct OptionParsingTests {
    @Test(arguments: [
        "apply site.yml --forks 7", "apply site.yml --forks=7", "apply site.yml -f 7", "apply site.yml -f7",
        "apply site.yml -f=7", "apply -CDf 7 site.yml", "-v apply -f7 site.yml",
    ])
    func `every way to write a value gives the same value`(line: String) throws {
        let parsed = try #require(try FakeTool.run(line))
        #expect(parsed[FakeTool.forks] == 7)
        #expect(parsed[FakeTool.playbook] == "site.yml")
        #expect(parsed.isGiven(FakeTool.forks))
    }

    @Test func `an option that is not given has its default`() throws {
        let parsed = try #require(try FakeTool.run("apply site.yml"))
        #expect(parsed[FakeTool.forks] == 5)
        #expect(parsed[FakeTool.limit] == nil)
        #expect(parsed[FakeTool.check] == false)
        #expect(parsed[FakeTool.verbose] == 0)
        #expect(parsed[FakeTool.inventory] == [])
        #expect(parsed[FakeTool.timeout] == .seconds(90))
        #expect(parsed[FakeTool.color] == .text)
        #expect(!parsed.isGiven(FakeTool.forks))
        #expect(parsed[FakeTool.hosts] == nil)
    }

    @Test(arguments: ["-C", "--check", "--dry-run", "-CD", "-DC", "-C -C"])
    func `all names of a flag set it`(options: String) throws {
        let parsed = try #require(try FakeTool.run("apply \(options) site.yml"))
        #expect(parsed[FakeTool.check])
        #expect(parsed[FakeTool.diff] == options.contains("D"))
    }

    @Test(arguments: [("-v", 1), ("-vvv", 3), ("-v --verbose", 2), ("-vCv", 2), ("-vv -v", 3)])
    func `a counted flag counts`(options: String, count: Int) throws {
        #expect(try FakeTool.run("apply \(options) site.yml")?[FakeTool.verbose] == count)
        #expect(try FakeTool.run("-vv apply \(options) site.yml")?[FakeTool.verbose] == count + 2)
    }

    @Test func `a repeated option keeps its values in order`() throws {
        let parsed = try FakeTool.run("-i one apply -i two site.yml --inventory=three")
        #expect(parsed?[FakeTool.inventory] == ["one", "two", "three"])
    }

    @Test(arguments: ["--color=json apply x", "apply --color json x", "apply x --colour=json", "lab --color json up"])
    func `a global option may stand before and after the command`(line: String) throws {
        #expect(try FakeTool.run(line)?[FakeTool.color] == .json)
    }

    @Test(arguments: ["lab -n x up", "lab up --name x", "lab up -nx"])
    func `the options of a group belong to its commands too`(line: String) throws {
        let parsed = try FakeTool.run(line)
        #expect(parsed?[FakeTool.labName] == "x")
        #expect(parsed?.commandPath == ["lab", "up"])
    }

    @Test func `an empty value can be attached and is judged by the parser`() {
        #expect(FakeTool.error("apply x --limit=")?.message == "`--limit` needs a text, not an empty one.")
    }

    @Test func `only the first equals sign splits`() throws {
        #expect(try FakeTool.run("apply x --limit=a=b")?[FakeTool.limit] == "a=b")
        #expect(try FakeTool.run("apply x --limit=\u{301}")?[FakeTool.limit] == "\u{301}")
    }

    @Test func `a lone dash is a value or an operand`() throws {
        let parsed = try FakeTool.run("apply --limit - -")
        #expect(parsed?[FakeTool.limit] == "-")
        #expect(parsed?[FakeTool.playbook] == "-")
    }

    @Test func `values of every ready kind arrive typed`() throws {
        let parsed = try FakeTool.run("apply x --timeout 1h30m --buffer 64K --key-directory keys")
        #expect(parsed?[FakeTool.timeout] == .seconds(5400))
        #expect(parsed?[FakeTool.buffer] == 65536)
        #expect(parsed?[FakeTool.keys] == "keys")
    }
}
