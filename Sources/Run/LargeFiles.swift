package import HostSide
package import Playbook
import Reactor
import SSH
import Shell
import Synchronization

/// Files that are too large to be kept in memory: read once for their sum, and once for each host that lacks them.
package enum LargeFiles {
    package static let leastSize = 1 << 20

    package static let reader = Contents.Large(
        isOne: isOne,
        look: { (path) throws(ContentProblem) in try look(path) },
        measure: { (content) throws(ContentProblem) in try measure(content) }
    )

    static func isOne(_ path: String) -> Bool {
        guard !Files.isDirectory(path), let file = try? OpenFile(path) else { return false }
        return file.size > leastSize
    }

    /// The size; the sum is still to be made.
    static func look(_ path: String) throws(ContentProblem) -> FileChange.Content {
        guard let stamp = Files.stamp(path) else { throw ContentProblem("it is not there", isMissing: true) }
        let size: Int
        do throws(SystemError) {
            size = try OpenFile(path).size
        } catch {
            throw ContentProblem(error.reason)
        }
        guard Files.stamp(path) == stamp else { throw ContentProblem(isWritten) }
        return FileChange.Content(.init(path: path, stamp: stamp, sum: LateSum()), size: size)
    }

    /// Makes the sum, of exactly what was looked at.
    package static func measure(_ content: FileChange.Content) throws(ContentProblem) {
        guard let file = content.file else { return }
        guard Files.stamp(file.path) == file.stamp else { throw ContentProblem(isWritten) }
        var size = 0
        let sum: String
        do throws(SystemError) {
            let open = try OpenFile(file.path)
            sum = try Checksum.sha256 { (limit) throws(SystemError) in
                // One that grows as fast as it is read has no end.
                let piece = try open.read(min(limit, max(1, content.size - size)))
                size += piece.count
                return size > content.size ? [] : piece
            }
        } catch {
            throw ContentProblem(error.reason)
        }
        guard Files.stamp(file.path) == file.stamp, size == content.size else { throw ContentProblem(isWritten) }
        file.sum.settle(sum)
    }

    /// One that was made here, of any size, with its sum. It blocks.
    package static func summed(_ path: String) throws(ContentProblem) -> FileChange.Content {
        let content = try look(path)
        try measure(content)
        return content
    }

    private static let isWritten = "something else writes it at this moment"

    /// Its bytes as they are wanted: as many as there were, or the reason why there are others.
    static func upload(_ file: FileChange.Content.LargeFile, _ size: Int) -> UploadContent {
        let reading = Reading(file, size)
        return .pieces { (limit) throws(UploadContent.Unreadable) in try reading.next(limit) }
    }

    /// A reply that says what arrived is not what was announced: it may be that there is something else here now.
    static func explained(_ reply: Reply, _ file: FileChange.Content.LargeFile) -> Reply {
        if Files.stamp(file.path) == file.stamp { return reply }
        return said(changed(file.path), reply, status: reply.status)
    }

    /// What arrived was not what was sent, or there is something else here now.
    static func refused(_ reply: Reply, _ file: FileChange.Content.LargeFile, _ size: Int, _ problem: ContentProblem?)
        -> Reply
    {
        let words =
            problem == nil
            ? "what arrived has another sha256 than \(file.path), \(size) bytes: it is taken away again; run again"
            : changed(file.path)
        return said(words, reply, status: 1)
    }

    private static func said(_ words: String, _ reply: Reply, status: Int32) -> Reply {
        var stderr = Capture(limit: 4096)
        Array("\(words)\n".utf8).withUnsafeBytes { stderr.append($0) }
        return Reply(status: status, stdout: reply.stdout, stderr: stderr, duration: reply.duration)
    }

    private static func changed(_ path: String) -> String {
        "\(path) was written after this run had looked at it, and is not sent; run again"
    }

    /// One reader of a file.
    private final class Reading: Sendable {
        private struct State {
            var file: OpenFile?
            var left: Int
        }

        private let file: FileChange.Content.LargeFile
        private let state: Mutex<State>

        init(_ file: FileChange.Content.LargeFile, _ size: Int) {
            self.file = file
            state = Mutex(State(file: nil, left: size))
        }

        func next(_ limit: Int) throws(UploadContent.Unreadable) -> [UInt8] {
            let result = state.withLock { state -> Result<[UInt8], UploadContent.Unreadable> in
                if state.left == 0 { return .success([]) }
                do throws(SystemError) {
                    if state.file == nil {
                        if Files.stamp(file.path) != file.stamp { return .failure(.init(changed(file.path))) }
                        state.file = try OpenFile(file.path)
                    }
                    let piece = try state.file?.read(min(limit, state.left)) ?? []
                    state.left -= piece.count
                    return piece.isEmpty ? .failure(.init(changed(file.path))) : .success(piece)
                } catch {
                    return .failure(.init(error.description))
                }
            }
            return try result.get()
        }
    }
}
