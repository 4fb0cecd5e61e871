import Document
import Events
import Synchronization

/// The secrets of a run. Evaluation cannot wait: it is told that a secret comes later, the shell around it fetches, and
/// what needed it is evaluated again.
final class SecretStore: Sendable {
    private let fetch: RunSurroundings.Fetch
    private let redactor: Redactor
    private let known = Mutex<[SecretReference: Result<String, SecretProblem>]>([:])

    init(_ fetch: @escaping RunSurroundings.Fetch, _ redactor: Redactor) {
        self.fetch = fetch
        self.redactor = redactor
    }

    /// What is there by now.
    func value(_ reference: SecretReference) throws(SecretProblem) -> String {
        guard let result = known.withLock({ $0[reference] }) else { throw .later }
        return try result.get()
    }

    /// One after another: commands may ask at the terminal.
    func fetch(_ references: Set<SecretReference>) async {
        for reference in references.sorted(by: { $0.written < $1.written }) {
            if known.withLock({ $0[reference] }) != nil { continue }
            let result: Result<String, SecretProblem>
            do throws(SecretProblem) {
                let secret = try await fetch(reference)
                redactor.add(secret)
                result = .success(secret)
            } catch {
                result = .failure(error)
            }
            known.withLock { known in if known[reference] == nil { known[reference] = result } }
        }
    }
}
