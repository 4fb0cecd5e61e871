import Document
import Inventory
import Testing

/// Changed inventories and patterns, by seed: whatever they are, they are read or refused.
struct FuzzTests {
    // Xorshift: the same numbers every time.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let words = [
        "all", "web", "web01", "hosts:", "children:", "vars:", "[1:3]", "[a:c]", "\n", "  ", ": ", "{", "}", "&x ",
        "*x", "!",
        "ungrouped:", ":22", "ansible_port", "-1", "99999999999999999999", "[", "]", "é",
    ]

    @Test func inventories() {
        var random = Seeded(state: 7)
        var good = 0
        for _ in 0..<4000 {
            var bytes = Array(fleet.utf8)
            for _ in 0...random.next() % 3 {
                let place = Int(random.next() % UInt64(bytes.count))
                let end = min(bytes.count, place + Int(random.next() % 6))
                bytes.replaceSubrange(place..<end, with: FuzzTests.words[Int(random.next() % 24)].utf8)
            }
            do throws(DocumentError) {
                let inventory = try Inventory.parse([SourceText(name: "a", bytes: bytes)])
                for host in inventory.hosts { _ = try? host.connection() }
                good += 1
            } catch {
                #expect(error.diagnostics.hasErrors)
            }
        }
        #expect(good > 300 && good < 3700)
    }

    @Test func patterns() throws {
        let inventory = try inventory(fleet)
        let parts = [
            "web", "db", "*", "?", "[", "]", "[0]", "[1:2]", "[-1]", "[9", ":", ",", "!", "&", "~", "@", "-", "0", " ",
            "é",
        ]
        var random = Seeded(state: 9)
        var good = 0
        for _ in 0..<20_000 {
            var pattern = ""
            for _ in 0...random.next() % 6 { pattern += parts[Int(random.next() % UInt64(parts.count))] }
            do throws(DocumentError) {
                #expect(try !inventory.hosts(matching: pattern).isEmpty)
                good += 1
            } catch {
                #expect(error.diagnostics.hasErrors)
            }
        }
        #expect(good > 300)
    }
}
