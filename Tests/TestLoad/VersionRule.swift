package import Reactor

/// Which releases may answer, and since when. While a service is handed over it is first the old one, then both, then
/// the new one; a test says so at run time.
package struct VersionRule: Sendable {
    private var steps: [(from: Instant, allowed: Set<String>?)] = []

    /// nil allows everything.
    package init(_ allowed: Set<String>?, from: Instant) { steps = [(from, allowed)] }

    package mutating func allow(_ allowed: Set<String>?, from: Instant) {
        steps.append((from, allowed))
        // No request is on its way for so long: what was allowed before decides nothing any more.
        while steps.count > 2, steps[1].from + Self.memory <= from { steps.removeFirst() }
    }

    private static let memory: Duration = .seconds(300)

    /// Whether `version` might answer a request that was on its way from `sent` to `answered`: a request is judged by
    /// every rule that held in between, since nobody can say in which moment it was served.
    package func permits(_ version: String?, sent: Instant, answered: Instant) -> Bool {
        for (index, step) in steps.enumerated() where step.from <= answered {
            let until = index + 1 < steps.count ? steps[index + 1].from : Instant(nanoseconds: .max)
            guard until > sent else { continue }
            guard let allowed = step.allowed else { return true }
            if let version, allowed.contains(version) { return true }
        }
        return false
    }
}
