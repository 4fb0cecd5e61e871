import HostSide
import Reactor
import Testing

/// The page says what the code does.
@Suite struct CheckPageTests {
    @Test func `the table is the ladder`() throws {
        let project = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = String(decoding: try Files.read("/\(project)/docs/checks.md"), as: UTF8.self)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2).map(String.init)
        let wanted = CheckNeed.allCases.map { need in
            let ladder = need.ladder.map(\.rawValue).joined(separator: ", ")
            return "| \(need.rawValue) | \(ladder) | \(need.worksThroughConnection ? "yes" : "no") |"
        }
        #expect(rows == wanted)
    }
}
