import HostSide
import Playbook
import Reactor
import Run
import Synchronization
import Text

/// Makes files of the artifacts that are none: a directory is packed, an address is asked by `curl`. They lie in a folder of
/// their own for as long as this value is there.
final class ArtifactMaker: Sendable {
    private let place: TemporaryPlace
    private let environment: [String: String]
    private let loop: Loop

    static let deadline = Duration.seconds(3600)

    init(environment: [String: String], loop: Loop) {
        self.environment = environment
        self.loop = loop
        place = TemporaryPlace(in: environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp")
    }

    func obtain(_ source: ArtifactSource) async throws(ContentProblem) -> FileChange.Content {
        let path = try place.newPath()
        switch source {
        case .directory(let directory):
            let result = await loop.workers.run { () -> Result<FileChange.Content, ContentProblem> in
                Self.attempt { () throws(ContentProblem) in
                    try DirectoryArchive.write(directory, to: path)
                    return try LargeFiles.summed(path)
                }
            }
            return try result.get()
        case .address(let address, let sum):
            try await fetch(address, to: path)
            let result = await loop.workers.run {
                Self.attempt { () throws(ContentProblem) in try LargeFiles.summed(path) }
            }
            let content = try result.get()
            guard content.sha256 == sum else {
                throw ContentProblem("what came has sha256 \(content.sha256) instead of \(sum), \(content.size) bytes")
            }
            return content
        }
    }

    private static func attempt(
        _ body: () throws(ContentProblem) -> FileChange.Content
    ) -> Result<FileChange.Content, ContentProblem> {
        do throws(ContentProblem) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }

    private func fetch(_ address: String, to path: String) async throws(ContentProblem) {
        // The address may have a token in it: it comes on the input, and not in a list of arguments.
        var request = ChildRequest(["curl", "-q", "--config", "-"], environment: environment)
        let quoted = { (text: String) in
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        let lines = [
            "url = \(quoted(address))", "output = \(quoted(path))", "proto = \"=https\"", "proto-redir = \"=https\"",
            "fail", "silent", "show-error", "location", "globoff", "netrc-optional", "max-redirs = 10",
            "connect-timeout = 20", "speed-limit = 1", "speed-time = 60", "retry = 2", "max-time = 3500",
        ]
        request.input = Array((lines.joined(separator: "\n") + "\n").utf8)
        request.deadline = Self.deadline
        // Whoever interrupts Baton at the terminal interrupts it too.
        request.ownGroup = false
        let result: ChildResult
        do throws(SystemError) {
            result = try await loop.run(request)
        } catch {
            throw ContentProblem("curl, which fetches it, cannot be run: \(error.reason)")
        }
        let said = Printable.sentence(result.stderr.suffix(600), limit: 600)
        switch result.status {
        case .exited(0): break
        case .exited(let code): throw ContentProblem("curl ended with \(code)\(said.isEmpty ? "" : ": \(said)")")
        case .signaled(let signal): throw ContentProblem("curl was ended by signal \(signal)")
        case .timedOut: throw ContentProblem("it took more than an hour")
        }
    }
}

/// A folder that nobody else may enter, made when it is needed, and gone with this value.
private final class TemporaryPlace: Sendable {
    private let parent: String
    private let state = Mutex<(directory: String?, count: Int)>((nil, 0))

    init(in parent: String) { self.parent = parent }

    func newPath() throws(ContentProblem) -> String {
        let result = state.withLock { state -> Result<String, ContentProblem> in
            do throws(SystemError) {
                if state.directory == nil {
                    state.directory = try Files.makeTemporaryDirectory(in: parent, prefix: "baton-artifact-")
                }
                state.count += 1
                return .success("\(state.directory ?? parent)/\(state.count)")
            } catch {
                return .failure(ContentProblem("there is no place for it: \(error.description)"))
            }
        }
        return try result.get()
    }

    deinit {
        if let directory = state.withLock({ $0.directory }) { try? Files.removeTree(directory) }
    }
}
