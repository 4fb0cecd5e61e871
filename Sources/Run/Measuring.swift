import Playbook
import Reactor

/// Makes the sums of large files beside the loop, so that hosts, deadlines and Ctrl-C go on meanwhile. Confined to the
/// loop. Each file is read once, however many hosts wait for it.
final class Measuring: @unchecked Sendable {
    // Unchecked: made and used on the loop's thread only.
    private let contents: Contents
    private let loop: Loop
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ contents: Contents, on loop: Loop) {
        self.contents = contents
        self.loop = loop
    }

    /// Makes the sum of a file, or why that cannot be.
    func sum(of place: String) async -> ContentProblem? {
        contents.wantSum(of: place)
        await all()
        return contents.problem(of: place)
    }

    /// Until those that are awaited now have been measured.
    func all() async {
        if isBusy { return await withCheckedContinuation { waiting.append($0) } }
        isBusy = true
        while let place = contents.awaited.min() {
            let contents = contents
            await loop.workers.run { contents.measure(place) }
        }
        isBusy = false
        let others = waiting
        waiting = []
        for other in others { other.resume() }
    }
}
