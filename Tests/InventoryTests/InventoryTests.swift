import Document
import Inventory
import Testing

/// Hosts, groups and variables of Ansible's YAML layout.
struct InventoryTests {
    private func variables(_ name: String, in inventory: Inventory) -> String? {
        inventory.host(named: name)?.variables.map { "\($0.name)=\($0.value.text ?? "")" }.joined(separator: " ")
    }

    @Test func orderOfHostsAndGroups() throws {
        let inventory = try inventory(fleet)
        #expect(
            inventory.hosts.map(\.name).joined(separator: " ")
                == "lone extra1 extra3 web02 db-b web03 web01 special late db-a db-c"
        )
        #expect(inventory.groups.map(\.name) == ["all", "ungrouped", "prod", "web", "db", "zoo", "ant", "eu"])
        #expect(inventory.groups.map(\.depth) == [0, 1, 1, 2, 2, 1, 1, 1])
        #expect(inventory.group(named: "all")?.children == ["ungrouped", "prod", "zoo", "ant", "eu"])
        #expect(inventory.group(named: "ungrouped")?.hosts == ["lone", "extra1", "extra3"])
        #expect(inventory.group(named: "web")?.hosts == ["web01", "web02", "web03", "special", "late"])
        #expect(inventory.hostNames(inGroup: "prod").count == 8)
        #expect(inventory.hostNames(inGroup: "none") == [])
        #expect(inventory.warnings.isEmpty)
    }

    @Test func precedence() throws {
        let inventory = try inventory(fleet)
        #expect(variables("web02", in: inventory) == "level=web only_all=1 tie=eu p=prod w=3 n=2")
        #expect(variables("special", in: inventory) == "level=host only_all=1 p=prod w=3 ansible_port=2222")
        #expect(variables("db-b", in: inventory) == "level=zoo only_all=1 p=prod tie=zoo")
        #expect(variables("lone", in: inventory) == "level=all only_all=1")
        #expect(inventory.host(named: "web02")?.groups == ["all", "ant", "prod", "zoo", "eu", "web"])
        #expect(inventory.host(named: "lone")?.groups == ["all", "ungrouped"])
    }

    @Test func definitionsAndOrigins() throws {
        let host = try #require(try inventory(fleet).host(named: "web02"))
        let definitions = host.definitions(of: "w")
        #expect(definitions.map(\.value.text) == ["2.10", "3"])
        #expect(definitions.map(\.value.content) == [.float(2.1), .int(3)])
        #expect(definitions.map(\.scope) == [.group("web"), .group("web")])
        #expect(
            definitions.map(\.value.origin.position) == [
                Position(line: 11, column: 33), Position(line: 27, column: 13),
            ]
        )
        #expect(definitions[0].value.origin.source.name == "hosts.yml")
        #expect(host.variable(named: "n")?.scope == .host("web02"))
        #expect(host.variable(named: "none") == nil)
    }

    @Test func severalFilesAreOne() throws {
        let one = SourceText(name: "1.yml", text: "web: {hosts: {a: {x: 1, y: 1}}, vars: {v: 1}}\n")
        let two = SourceText(name: "2.yml", text: "web: {hosts: {b: , a: {x: 2}}, vars: {v: 2}}\n")
        let inventory = try Inventory.parse([one, two])
        #expect(inventory.group(named: "web")?.hosts == ["a", "b"])
        #expect(variables("a", in: inventory) == "v=2 x=2 y=1")
        #expect(inventory.host(named: "a")?.variable(named: "x")?.value.origin.source.name == "2.yml")
    }

    @Test func errorsOfAllFiles() {
        let one = SourceText(name: "1.yml", text: "web: {hots: }\n")
        let two = SourceText(name: "2.yml", text: "web: [\n")
        let three = SourceText(name: "3.yml", text: "web: 1\n")
        do throws(DocumentError) {
            _ = try Inventory.parse([one, two, three])
            Issue.record("no error")
        } catch {
            #expect(error.diagnostics.items.map(\.sourceName) == ["1.yml", "2.yml", "3.yml"])
        }
    }

    @Test func values() throws {
        let text =
            "all: {hosts: {a: {n: ~, b: yes, l: [1, {k: v}], s: !vault x, u: !unsafe '{{ x }}', d: 2001-01-01}}}\n"
        let host = try #require(try inventory(text).host(named: "a"))
        let contents = host.variables.map(\.value.content)
        #expect(contents[0] == .null)
        #expect(contents[1] == .bool(true))
        guard case .list(let list) = contents[2], case .map(let map) = list[1].content else {
            Issue.record("no list of a map")
            return
        }
        #expect(list[0].content == .int(1))
        #expect(map.map(\.name) == ["k"])
        #expect(contents[3] == .opaque(tag: "!vault"))
        #expect(!host.variables[4].value.isExpression && host.variables[4].value.isUnsafe)
        #expect(contents[5] == .date("2001-01-01"))
    }

    @Test func shortForms() throws {
        let inventory = try inventory("web: {hosts: a, children: db}\nempty:\nnone: {hosts: , vars: , children: }\n")
        #expect(inventory.hosts.map(\.name) == ["a"])
        #expect(inventory.group(named: "web")?.children == ["db"])
        #expect(inventory.group(named: "empty") != nil)
    }

    @Test func sharedNameIsAWarning() throws {
        let inventory = try inventory("web: {hosts: {web: }}\n")
        #expect(inventory.warnings.items.map(\.message) == ["\"web\" is both a host and a group"])
        #expect(!inventory.warnings.hasErrors)
    }

    @Test func longChainsOfGroups() throws {
        var text = ""
        for index in 0..<20_000 { text += "g\(index): {children: {g\(index + 1): }}\n" }
        let inventory = try inventory(text + "g20000: {hosts: {a: }}\n")
        #expect(inventory.group(named: "g20000")?.depth == 20_001)
        #expect(inventory.host(named: "a")?.groups.count == 20_002)
    }
}

/// What is said of inventories that are not in order.
struct InventoryErrorTests {
    @Test func rendered() {
        let text = "all:\n  hosts:\n    web1:\n  chidlren:\n    db: {}\n"
        #expect(
            problems(text)
                == """
                hosts.yml:4:3: error: "all" has no key "chidlren"
                    chidlren:
                    ^
                  hint: did you mean "children"?
                """
        )
    }

    @Test func allAtOnce() {
        let text = """
            all:
              hosts:
                - web1
              vars: 3
            web:
              hosts: {"a b": , "web[3:1]": , "-x": , ok: 5}
              children: {db: [x]}
            "":
              hosts: {}
            """
        #expect(
            heads(problems(text)) == [
                "hosts.yml:3:5: error: \"hosts\" must be a mapping, not a list",
                "hosts.yml:4:9: error: \"vars\" must be a mapping, not 3",
                "hosts.yml:6:20: error: \"web[3:1]\": the range ends before it starts",
                "hosts.yml:6:46: error: \"ok\" must be a mapping, not 5",
                "hosts.yml:7:18: error: \"db\" must be a group, not a list",
                "hosts.yml:8:1: error: the name of the group \"\" is empty",
            ]
        )
    }

    @Test(arguments: [
        ("[a]", "hosts.yml:1:1: error: the inventory must be a mapping, not a list"),
        ("plugin: aws_ec2\n", "hosts.yml:1:1: error: this configures an inventory plugin of Ansible"),
        ("a: {children: {b: }}\nb: {children: {a: }}\n", "hosts.yml:2:16: error: groups contain each other: a > b > a"),
        ("a: {children: {a: }}\n", "hosts.yml:1:16: error: groups contain each other: a > a"),
        ("a: {children: {all: }}\n", "hosts.yml:1:16: error: groups contain each other: all > a > all"),
        ("a: {hosts: !x y}", "hosts.yml:1:12: error: \"hosts\" must be a text, not a value tagged !x"),
        (
            "a: {vars: {ansible_group_priority: x}}",
            "hosts.yml:1:36: error: ansible_group_priority must be a whole number, not the text \"x\""
        ),
    ])
    func says(text: String, head: String) {
        #expect(heads(problems(text)) == [head])
    }

    @Test(arguments: [
        ("a\u{7}b", "contains a control character"), ("a\tb", "contains a control character"),
        ("a\u{202E}b", "contains a control character"),
        (String(repeating: "a", count: 256), "is longer than 255 bytes"), ("", "is empty"),
    ])
    func hostNames(name: String, problem: String) {
        let escaped = name.unicodeScalars.map { $0.value < 0x20 ? "\\x0\($0.value)" : String($0) }.joined()
        #expect(problems("all: {hosts: {\"\(escaped)\": }}").contains(problem))
    }

    /// Ansible takes such names; only as addresses can they not be used.
    @Test(arguments: ["a b", "-x", "a\u{A0}b"])
    func oddNamesNeedAnAddress(name: String) throws {
        let text = "all: {hosts: {\"\(name)\": {ansible_host: \(name == "-x" ? "1.2.3.4" : "")}}}"
        let host = try #require(try inventory(text).host(named: name))
        if name == "-x" {
            #expect(try host.connection().address == "1.2.3.4")
        } else {
            #expect(throws: DocumentError.self) { try host.connection() }
        }
    }

    @Test func theEmptyInventoryIsOneWithoutHosts() throws {
        let inventory = try inventory("")
        #expect(inventory.hosts.isEmpty)
        #expect(inventory.warnings.rendered == "hosts.yml: warning: the inventory is empty")
    }

    @Test func longestName() throws {
        let name = String(repeating: "a", count: 255)
        #expect(problems("all: {hosts: {\(name): }}") == "")
    }

    @Test func everyPrefixIsReadOrRefused() {
        let bytes = Array(fleet.utf8)
        for count in 0...bytes.count {
            let source = SourceText(name: "a", bytes: Array(bytes[..<count]))
            do throws(DocumentError) {
                _ = try Inventory.parse([source])
            } catch {
                #expect(error.diagnostics.hasErrors)
            }
        }
    }

    @Test func manyMembers() {
        var text = ""
        for group in 0..<15 { text += "g\(group): {hosts: {'h[1:90000]': }}\n" }
        #expect(heads(problems(text)) == ["hosts.yml:12:15: error: the groups have more than 1000000 members"])
    }
}
