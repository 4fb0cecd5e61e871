import Document
import Inventory
import Testing

/// Which hosts a pattern selects, and in which order.
struct SelectionTests {
    @Test(
        arguments: [
            ("all", "lone extra1 extra3 web02 db-b web03 web01 special late db-a db-c"),
            ("*", "lone extra1 extra3 web02 db-b web03 web01 special late db-a db-c"),
            ("web", "web01 web02 web03 special late"),
            ("web:db", "web01 web02 web03 special late db-a db-b db-c"),
            ("db , web", "db-a db-b db-c web01 web02 web03 special late"),
            ("web:!web02", "web01 web03 special late"),
            ("!web02:web", "web01 web03 special late"),
            ("web:&zoo", "web02"),
            ("web[0]", "web01"),
            ("web[-1]", "late"),
            ("web[0:1]", "web01 web02"),
            ("web[1:1]", "web02"),
            ("web[3:]", "special late"),
            ("web[3:99]", "special late"),
            ("web[0:1]:db[0]", "web01 web02 db-a"),
            ("web0*", "web01 web02 web03"),
            ("web0[13]", nil),
            ("web0[!1]", "web02 web03"),
            ("!web", "lone extra1 extra3 db-b db-a db-c"),
            ("&zoo", "web02 db-b"),
            ("zoo,ant", "web02 db-b"),
            ("d*", "db-a db-b db-c"),
            ("z*:!db-b", "web02"),
            ("*b*", "web01 web02 web03 special late db-a db-b db-c"),
            ("late,web01,late", "late web01"),
            ("ungrouped", "lone extra1 extra3"),
        ] as [(String, String?)]
    )
    func selects(pattern: String, expected: String?) throws {
        let inventory = try inventory(fleet)
        let names = try? inventory.hosts(matching: pattern).map(\.name).joined(separator: " ")
        #expect(names == expected)
    }

    @Test func addresses() throws {
        let inventory = try inventory("all: {hosts: {'fe80::1': , 10.0.0.1: , '::1': , 'a:b': }}")
        for name in ["fe80::1", "10.0.0.1", "::1", "a:b", "::1,a:b"] {
            let found = try inventory.hosts(matching: name).map(\.name).joined(separator: ",")
            #expect(found == name)
        }
    }

    @Test func hostAndGroupOfOneName() throws {
        let inventory = try inventory("web: {hosts: {web: , other: }}")
        #expect(try inventory.hosts(matching: "web").map(\.name) == ["web"])
        #expect(try inventory.hosts(matching: "all:&web").map(\.name) == ["web", "other"])
    }

    @Test func emptyGroupIsKnown() throws {
        let inventory = try inventory("web: {hosts: {a: }}\nnone:\n")
        #expect(try inventory.hosts(matching: "web:none").map(\.name) == ["a"])
        #expect(try inventory.hosts(matching: "none", allowingNone: true).isEmpty)
        #expect(message("none", inventory) == "--limit:1:1: error: the pattern leaves no host\n  none\n  ^")
    }

    @Test(arguments: [
        ("wbe", "--limit:1:1: error: no host or group is named \"wbe\"\n  wbe\n  ^\n  hint: did you mean \"web\"?"),
        (
            "db:!wbe01,x",
            """
            --limit:1:1: error: no host or group is named "db:!wbe01"
              db:!wbe01,x
              ^
            --limit:1:11: error: no host or group is named "x"
              db:!wbe01,x
                        ^
            """
        ),
        (
            "web:!wbe01",
            "--limit:1:5: error: no host or group is named \"wbe01\"\n  web:!wbe01\n      ^\n  hint: did you mean \"web01\"?"
        ),
        ("q*", "--limit:1:1: error: no host or group is named \"q*\"\n  q*\n  ^"),
        ("web[9]", "--limit:1:1: error: \"web\" has only 5 hosts\n  web[9]\n  ^\n  hint: counting starts at 0"),
        ("web[-6]", "--limit:1:1: error: \"web\" has only 5 hosts\n  web[-6]\n  ^\n  hint: counting starts at 0"),
        ("web[5:]", "--limit:1:1: error: \"web\" has only 5 hosts\n  web[5:]\n  ^\n  hint: counting starts at 0"),
        ("web[2:1]", "--limit:1:1: error: the range [2:1] ends before it starts\n  web[2:1]\n  ^"),
        ("web[0-2]", "--limit:1:1: error: hosts are counted as [x:y], not [x-y]\n  web[0-2]\n  ^\n  hint: web[0:2]"),
        ("~web(", "--limit:1:1: error: \"~web(\" is no regular expression\n  ~web(\n  ^"),
        (
            "localhost",
            "--limit:1:1: error: no host or group is named \"localhost\"\n  localhost\n  ^\n  hint: Baton makes up no localhost; name it in the inventory"
        ),
        (
            "web,@x",
            "--limit:1:5: error: a file of hosts cannot stand here\n  web,@x\n      ^\n  hint: a pattern names it as a part: web,@FILE"
        ),
        ("web,!", "--limit:1:5: error: a name is missing after \"!\"\n  web,!\n      ^"),
        ("", "--limit: error: the pattern names no hosts"),
        (" , ", "--limit: error: the pattern names no hosts"),
        ("web:!web", "--limit:1:1: error: the pattern leaves no host\n  web:!web\n  ^"),
    ])
    func refuses(pattern: String, expected: String) throws {
        #expect(message(pattern, try inventory(fleet)) == expected)
    }

    private func message(_ pattern: String, _ inventory: Inventory) -> String {
        do throws(DocumentError) {
            _ = try inventory.hosts(matching: pattern, from: "--limit")
            return ""
        } catch {
            return error.description
        }
    }
}
