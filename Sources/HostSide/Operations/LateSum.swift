import Synchronization

/// The SHA-256 of a large file, which all that speak of the file share: it is made when somebody needs it, or while the
/// file is being sent.
package final class LateSum: Equatable, Sendable {
    private let state: Mutex<String?>

    package init(_ value: String? = nil) { state = Mutex(value) }

    package var value: String? { state.withLock { $0 } }

    package func settle(_ sum: String) { state.withLock { $0 = sum } }

    package static func == (left: LateSum, right: LateSum) -> Bool { left === right || left.value == right.value }
}
