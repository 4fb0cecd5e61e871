import HostSide
import Playbook
import Synchronization
import Testing

/// Files of the project.
@Suite struct ContentsTests {
    @Test func `a large file is there when it has been measured, and is read once for all who ask`() throws {
        let calls = Mutex<[String]>([])
        let large = large { content in calls.withLock { $0.append("measure \(content.file?.path ?? "")") } }
        let contents = Contents(root: "/p", folder: "/p", large: large) { (path) throws(ContentProblem) in
            calls.withLock { $0.append("read \(path)") }
            if path == "/p/small" { return [1] }
            throw ContentProblem("it is not there", isMissing: true)
        }
        let other = Contents(of: contents)
        for one in [contents, other] {
            #expect(throws: ContentProblem.self) { _ = try one.file(["/p/none", "/p/large", "/p/small"]) }
            #expect(contents.awaited == ["/p/large"])
        }
        contents.measure("/p/large")
        #expect(contents.awaited == [])
        for one in [contents, other] {
            #expect(try one.file(["/p/none", "/p/large", "/p/small"]).content.sha256 == "ab")
            #expect(one.sums == ["ab"])
        }
        #expect(try other.file(["/p/small"]).content.bytes == [1])
        #expect(other.sums.count == 2)
        #expect(calls.withLock { $0 } == ["read /p/none", "measure /p/large", "read /p/small"])
    }

    @Test func `where nobody is asked, a large file is there before its sum`() throws {
        let contents = Contents(root: "/p", folder: "/p", large: large { _ in }) { (_) throws(ContentProblem) in [] }
        contents.takeSumsLate()
        let content = try contents.file(["/p/large"]).content
        #expect(contents.awaited == [] && !content.isSummed && content.size == 5)
        contents.wantSum(of: "/p/large")
        #expect(contents.awaited == ["/p/large"])
        contents.measure("/p/large")
        #expect(contents.awaited == [] && content.sha256 == "ab")
    }

    @Test func `a large file that is written meanwhile is nobody's`() throws {
        let large = Contents.Large(
            isOne: { _ in true },
            look: { (path) throws(ContentProblem) in
                FileChange.Content(.init(path: path, stamp: "1", sum: LateSum()), size: 5)
            },
            measure: { (_) throws(ContentProblem) in throw ContentProblem("something else writes it") }
        )
        let contents = Contents(root: "/p", folder: "/p", large: large) { (_) throws(ContentProblem) in [] }
        contents.takeSumsLate()
        _ = try contents.file(["/p/large"])
        contents.measure("/p/large")
        #expect(contents.problem(of: "/p/large")?.message == "something else writes it")
        #expect(throws: ContentProblem.self) { _ = try contents.file(["/p/large"]) }
    }

    private func large(_ measured: @escaping @Sendable (FileChange.Content) -> Void) -> Contents.Large {
        Contents.Large(
            isOne: { $0 == "/p/large" },
            look: { (path) throws(ContentProblem) in
                FileChange.Content(.init(path: path, stamp: "1", sum: LateSum()), size: 5)
            },
            measure: { (content) throws(ContentProblem) in
                measured(content)
                content.file?.sum.settle("ab")
            }
        )
    }
}
