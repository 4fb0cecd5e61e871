import HostSide
import Playbook
import Synchronization
import Testing

/// Files of the project.
@Suite struct ContentsTests {
    @Test func `a large file is there when it has been measured, and is read once for all who ask`() throws {
        let calls = Mutex<[String]>([])
        let large = Contents.Large(isOne: { $0 == "/p/large" }) { (path) throws(ContentProblem) in
            calls.withLock { $0.append("measure \(path)") }
            return FileChange.Content(.init(path: path, stamp: "1"), size: 5, sha256: "ab")
        }
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
}
