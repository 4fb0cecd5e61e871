package import HostSide
package import Playbook
import Reactor
import SSH
import Shell
import Synchronization

/// Files that are too large to be kept in memory: read once for their sum, and once for each host that lacks them.
package enum LargeFiles {
    package static let leastSize = 1 << 20

    package static let reader = Contents.Large(isOne: isOne) { (path) throws(ContentProblem) in try measure(path) }

    static func isOne(_ path: String) -> Bool {
        guard !Files.isDirectory(path), let file = try? OpenFile(path) else { return false }
        return file.size > leastSize
    }

    /// The size and the sum.
    package static func measure(_ path: String) throws(ContentProblem) -> FileChange.Content {
        guard let stamp = Files.stamp(path) else { throw ContentProblem("it is not there", isMissing: true) }
        var size = 0
        let sum: String
        do throws(SystemError) {
            let file = try OpenFile(path)
            sum = try Checksum.sha256 { (limit) throws(SystemError) in
                // One that grows as fast as it is read has no end.
                let piece = try file.read(min(limit, max(1, file.size - size)))
                size += piece.count
                return size > file.size ? [] : piece
            }
        } catch {
            throw ContentProblem(error.reason)
        }
        guard Files.stamp(path) == stamp else { throw ContentProblem("something else writes it at this moment") }
        return FileChange.Content(.init(path: path, stamp: stamp), size: size, sha256: sum)
    }

    /// Its bytes as they are wanted: as many as there were, or the reason why there are others.
    static func upload(_ file: FileChange.Content.LargeFile, _ size: Int) -> UploadContent {
        let reading = Reading(file, size)
        return .pieces { (limit) throws(UploadContent.Unreadable) in try reading.next(limit) }
    }

    /// A reply that says what arrived is not what was announced: it may be that there is something else here now.
    static func explained(_ reply: Reply, _ file: FileChange.Content.LargeFile) -> Reply {
        if Files.stamp(file.path) == file.stamp { return reply }
        var stderr = Capture(limit: 4096)
        Array("\(changed(file.path))\n".utf8).withUnsafeBytes { stderr.append($0) }
        return Reply(status: reply.status, stdout: reply.stdout, stderr: stderr, duration: reply.duration)
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
