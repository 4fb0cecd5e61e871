import Document
import Inventory
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Changed inventories and patterns, by seed: whatever they are, they are read or refused, in bounded time and memory.
///
/// `make fuzz` runs many more: BATON_FUZZ is how many of each kind.
struct FuzzTests {
    private static let count = getenv("BATON_FUZZ").flatMap { Int(String(cString: $0)) } ?? 4000

    /// What is changed, and the reader it goes to.
    enum Kind: String, CaseIterable, Sendable {
        case yaml = "a.yml"
        case ini = "a.ini"
        case unnamed = "a"
        case json = "a.json"
        case listing
        case variables
    }

    private static let ini = """
        lone ansible_port=22 # c
        [web]
        web[01:03] x=1 y='a b' z='["a", {"b": 1.5e3}]'
        b:2222 k="q\\"r"
        [web:vars]
        n = (1, -2, 0x1F, 'é' "\\u00e9", b'\\x41', None, True, {1}, 1_0, 99999999999999999999)
        ansible_group_priority=3
        [prod:children]
        web
        late
        [late]
        [::1]:22

        """
    private static let listing = """
        {"web": {"hosts": ["a", "b"], "vars": {"x": 1e3, "y": [null, true, "\\ud83d\\ude00"]}, "children": ["db"]},
         "db": ["c"], "old": {"x": 1}, "_meta": {"hostvars": {"a": {"k": {"l": -1.5}}}}}
        """
    private static let words = [
        "all", "web", "web01", "hosts:", "children:", "vars:", "[1:3]", "[a:c]", "\n", "  ", ": ", "{", "}", "&x ",
        "*x", "!", "ungrouped:", ":22", "ansible_port", "-1", "99999999999999999999", "[", "]", "é", "[web]\n",
        ":children]", ":vars]\n", "=", "'", "\"", "\\", "#", ";", "(", ")", ",", "0x", "1e", "_", "b'", "'''",
        "\u{2028}",
        "\u{0C}", "\0", "\t", "<<: *x", "[0:999999999]", "$ANSIBLE_VAULT;", "2001-02-30", "\\ud800", "[::1]:", "- ",
    ]

    @Test(arguments: Kind.allCases)
    func inventories(kind: Kind) {
        var random = Seeded(UInt64(7 + kind.rawValue.utf8.count))
        var limits = Limits()
        limits.nodes = 10_000
        let seed: String
        switch kind {
        case .yaml: seed = fleet
        case .ini, .unnamed: seed = FuzzTests.ini
        case .json, .listing, .variables: seed = FuzzTests.listing
        }
        var good = 0
        for round in 0..<FuzzTests.count {
            var bytes = Array(seed.utf8)
            for _ in 0...random.next() % 3 { FuzzTests.change(&bytes, &random) }
            do throws(DocumentError) {
                let inventory = try FuzzTests.read(bytes, as: kind, limits)
                for host in inventory.hosts.prefix(20) {
                    _ = try? host.connection()
                    _ = host.variables
                }
                good += 1
            } catch {
                #expect(error.diagnostics.hasErrors)
                if round % 16 == 0, error.description.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) {
                    Issue.record("control bytes shown: \(bytes)")
                }
            }
        }
        #expect(good > FuzzTests.count / 100 && good < FuzzTests.count)
    }

    private static func read(_ bytes: [UInt8], as kind: Kind, _ limits: Limits) throws(DocumentError) -> Inventory {
        let source = SourceText(name: kind.rawValue, bytes: bytes)
        var builder = InventoryBuilder()
        switch kind {
        case .yaml, .ini, .unnamed, .json: builder.add(source, limits: limits)
        case .listing: _ = builder.addListing(source, limits: limits)
        case .variables:
            builder.addVariables(source, of: .group("all"), folder: 0, limits: limits)
            builder.addHostList(String(decoding: bytes.prefix(60), as: UTF8.self), from: "-i")
        }
        return try builder.finish()
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let place = Int(random.next() % UInt64(bytes.count + 1))
        let end = min(bytes.count, place + Int(random.next() % 6))
        switch random.next() % 6 {
        case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + Int(random.next() % 40))], at: place)
        default: bytes.replaceSubrange(place..<end, with: words[Int(random.next() % UInt64(words.count))].utf8)
        }
    }

    @Test func patterns() throws {
        let inventory = try inventory(fleet)
        let parts = [
            "web", "db", "*", "?", "[", "]", "[0]", "[1:2]", "[-1]", "[9", ":", ",", "!", "&", "~", "@", "-", "0", " ",
            "é", "(", ")", "|", "+", ".", "\\d", "^", "$",
        ]
        let file = SourceText(name: "web", text: "web\n#\n !db\n~.*1\n")
        var random = Seeded(9)
        var good = 0
        for _ in 0..<max(20_000, FuzzTests.count) {
            var pattern = ""
            for _ in 0...random.next() % 6 { pattern += parts[Int(random.next() % UInt64(parts.count))] }
            do throws(DocumentError) {
                #expect(try !inventory.hosts(matching: pattern, files: ["web": file]).isEmpty)
                good += 1
            } catch {
                #expect(error.diagnostics.hasErrors)
            }
        }
        #expect(good > 300)
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "(", count: 100_000),
        "x=" + String(repeating: "[1,", count: 50_000), "x=" + String(repeating: "9", count: 200_000),
        "x='" + String(repeating: "\\", count: 100_001), String(repeating: "a.", count: 100_000) + ":22",
        String(repeating: "a[1:9]", count: 30), String(repeating: ":", count: 100_000),
        "x={" + String(repeating: "'a':{", count: 50_000),
    ])
    func hostileLines(line: String) {
        for head in ["[all:vars]\nx=", "[web]\na x=", "[web]\n", "[p:children]\n", ""] {
            _ = try? Inventory.parse([SourceText(name: "a.ini", text: head + line + "\n")])
        }
        _ = try? inventory("all: {hosts: {\"\(line.prefix(900))\": }}").hosts(matching: String(line.prefix(2000)))
    }
}
