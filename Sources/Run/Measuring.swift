import HostSide
import Playbook
import Reactor

/// Makes the sums of large files and the artifacts that are no files beside the loop, so that hosts, deadlines and Ctrl-C go on
/// meanwhile. Confined to the loop. Each is made once, however many hosts wait for it.
final class Measuring: @unchecked Sendable {
    // Unchecked: made and used on the loop's thread only.
    private let contents: Contents
    private let obtain: Contents.Obtain?
    private let loop: Loop
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ contents: Contents, _ obtain: Contents.Obtain?, on loop: Loop) {
        self.contents = contents
        self.obtain = obtain
        self.loop = loop
    }

    /// Makes the sum of a file, or why that cannot be.
    func sum(of place: String) async -> ContentProblem? {
        contents.wantSum(of: place)
        await all()
        return contents.problem(of: place)
    }

    /// Until all that is awaited now is there.
    func all() async {
        if isBusy { return await withCheckedContinuation { waiting.append($0) } }
        isBusy = true
        while let place = contents.awaited.min() {
            let contents = contents
            await loop.workers.run { contents.measure(place) }
        }
        while let source = contents.awaitedArtifact { contents.settle(source, await made(of: source)) }
        isBusy = false
        let others = waiting
        waiting = []
        for other in others { other.resume() }
    }

    private func made(of source: ArtifactSource) async -> Result<FileChange.Content, ContentProblem> {
        guard let obtain else { return .failure(ContentProblem("only files can be had here")) }
        do throws(ContentProblem) {
            return .success(try await obtain(source))
        } catch {
            return .failure(error)
        }
    }
}
