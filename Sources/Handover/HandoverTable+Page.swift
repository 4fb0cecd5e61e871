/// The table as people read it.
extension HandoverTable {
    /// The table for `docs/handover.md`.
    package static var page: String {
        var lines = [
            "| state | action | holds when | within | then | else | lost |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        for edge in edges {
            let cells = [
                "`\(edge.state.rawValue)`", edge.action.rawValue, edge.meaning, edge.limit.words, edge.next.words,
                edge.fail.words, edge.lost.words,
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension HandoverEdge.Limit {
    var words: String {
        switch self {
        case .seconds(let count): "\(count) s"
        case .boot: "`boot`"
        case .drain: "`drain`"
        case .soak: "`soak`"
        case .confirm: "`confirm`"
        case .stop: "`stop`"
        }
    }
}

extension HandoverEdge.Next {
    var words: String {
        switch self {
        case .to(let state): "`\(state.rawValue)`"
        case .drainOrMixed: "`seen`, or `mixed` where there is no drain"
        case .ignoredDrain: "`mixed` or `failing`, as the profile says"
        case .overrun: "`drain_overrun`: `draining`, `mixed` or `failing`"
        }
    }

    /// Every state that it may be.
    package var possible: [HandoverEdge.State] {
        switch self {
        case .to(let state): [state]
        case .drainOrMixed: [.seen, .mixed]
        case .ignoredDrain: [.mixed, .failing]
        case .overrun: [.draining, .mixed, .failing]
        }
    }
}

extension HandoverEdge.Lost {
    var words: String {
        switch self {
        case .back: "back"
        case .forward: "forward"
        case .on: "goes on back"
        }
    }
}
