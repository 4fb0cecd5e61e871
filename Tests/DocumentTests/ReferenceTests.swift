import Document
import Reactor
import Testing

/// docs/expressions.md and the code say the same.
struct ReferenceTests {
    private static let page: String = {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        return (try? Files.read(root + "/docs/expressions.md")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }()

    @Test func `every filter, test and method is in it`() {
        for name in Template.filterNames + Template.testNames {
            #expect(ReferenceTests.page.contains("`\(name)`"), "\(name)")
        }
        for name in Template.methodNames {
            #expect(ReferenceTests.page.contains("\(name)()`"), "\(name)")
        }
    }

    @Test func `its lists name nothing else`() {
        let tables = ReferenceTests.page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let lists = tables.prefix { !$0.contains("rm {{") }.map { $0.dropFirst(2).prefix { $0 != "|" } }
        let named = lists.flatMap { $0.split(separator: "`") }.map(String.init).filter { name in
            name.first?.isLetter == true && !name.contains(" ")
        }
        #expect(named.count >= Template.filterNames.count)
        #expect(named.filter { !Template.filterNames.contains($0) } == [])
    }

    @Test func `its limits are those of the code`() {
        let limits = TemplateLimits()
        #expect(limits.steps == 2_000_000 && limits.outputBytes == 16 << 20 && limits.madeBytes == 256 << 20)
        #expect(limits.parts == 1_000_000 && limits.nesting == 100 && limits.height == 60 && limits.depth == 30)
        for text in [
            "2,000,000 steps", "16 MiB", "256 MiB", "1,000,000 parts", "maps 100\ndeep", "60 parts", "30 brackets",
        ] {
            #expect(ReferenceTests.page.contains(text), "\(text)")
        }
    }
}
