package import Document
package import Events
package import Playbook

/// What a run of a playbook needs from outside of this room: it reads no file, asks nobody and knows no environment.
package struct RunSurroundings: Sendable {
    /// A file of the project, by the path that the playbook's sources were resolved to.
    package typealias Read = @Sendable (String) -> Result<[UInt8], ContentProblem>
    /// Fetches a secret; asked once for each.
    package typealias Fetch = @Sendable (SecretReference) async throws(SecretProblem) -> String
    /// Shows the prompt of a `pause` and waits; false where somebody wants the run to end.
    package typealias Confirm = @Sendable (String) async -> Bool

    package var read: Read
    package var fetch: Fetch
    /// Nil where nobody can answer: a `pause` with a prompt is an error then, before anything is contacted.
    package var confirm: Confirm?
    /// Gets every secret as soon as it is known.
    package var redactor: Redactor

    package init(
        redactor: Redactor,
        read: @escaping Read,
        fetch: @escaping Fetch,
        confirm: Confirm? = nil
    ) {
        self.redactor = redactor
        self.read = read
        self.fetch = fetch
        self.confirm = confirm
    }
}
