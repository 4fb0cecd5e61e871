/// One waits until somebody rings, or until there is nothing more to ring for. Confined to the loop.
final class Bell: @unchecked Sendable {
    // Unchecked: made, rung and waited for on the loop's thread only.
    private var answer: Bool?
    private var waiter: CheckedContinuation<Bool, Never>?

    func ring() { say(true) }

    func end() { say(false) }

    private func say(_ word: Bool) {
        if answer != nil { return }
        answer = word
        waiter?.resume(returning: word)
        waiter = nil
    }

    /// Whether it was rung. One waits at a time.
    func wait() async -> Bool {
        if let answer { return answer }
        return await withCheckedContinuation { waiter = $0 }
    }
}
