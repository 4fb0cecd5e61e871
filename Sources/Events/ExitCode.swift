/// The exit codes of the contract. 1, 2, 6 and 7 promise that no host was changed.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    case usage = 1
    case refused = 2
    case failedClean = 3
    case needsHands = 4
    case mixed = 5
    case unreachable = 6
    case locked = 7
    case interrupted = 8
    case changes = 9

    /// For help and documentation.
    package var meaning: String {
        switch self {
        case .done: return "Done."
        case .usage: return "Usage or configuration error; nothing was contacted."
        case .refused: return "Preflight refused; nothing was changed."
        case .failedClean: return "Failed, and nothing that is to run is down because of it."
        case .needsHands: return "At least one host needs hands: something does not run there, or nobody knows."
        case .mixed: return "Mixed: some hosts changed or failed, each one clean; for exec, a command failed."
        case .unreachable: return "Unreachable or not trusted; nothing was changed."
        case .locked: return "Locked by someone else; nothing was changed."
        case .interrupted: return "Interrupted, clean."
        case .changes: return "With --exit-code: there are changes."
        }
    }
}
