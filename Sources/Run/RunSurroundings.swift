package import Document
package import Events
package import Playbook
package import Supervision

/// What a run of a playbook needs from outside of this room: it looks for no file, asks nobody and knows no environment.
package struct RunSurroundings: Sendable {
    /// Fetches a secret; asked once for each.
    package typealias Fetch = @Sendable (SecretReference) async throws(SecretProblem) -> String
    /// Shows the prompt of a `pause` and waits, at most so long if that is given; false where somebody wants the run to
    /// end.
    package typealias Confirm = @Sendable (String, Duration?) async -> Bool

    /// The project's folder, the playbook's, and the inventory's if it is a file.
    package var root: String
    package var playbookFolder: String
    package var inventoryFolder: String?
    /// Who `become: true` means, where the command line says it.
    package var becomeUser: String?
    /// The services of the project, where it has some.
    package var catalog: ServiceCatalog?
    /// Reads a file of the project, by its path.
    package var read: Contents.Reader
    /// Nil: all files are kept in memory.
    package var large: Contents.Large?
    package var fetch: Fetch
    /// Nil: artifacts are files.
    package var obtain: Contents.Obtain?
    /// Nil where nobody can answer: a `pause` with a prompt is an error then, before anything is contacted.
    package var confirm: Confirm?
    /// Gets every secret as soon as it is known.
    package var redactor: Redactor

    package init(
        root: String,
        playbookFolder: String,
        inventoryFolder: String? = nil,
        redactor: Redactor,
        read: @escaping Contents.Reader,
        fetch: @escaping Fetch,
        confirm: Confirm? = nil
    ) {
        self.root = root
        self.playbookFolder = playbookFolder
        self.inventoryFolder = inventoryFolder
        self.redactor = redactor
        self.read = read
        self.fetch = fetch
        self.confirm = confirm
    }
}
