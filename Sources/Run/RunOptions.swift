/// What the operator asked of a run.
package struct RunOptions: Sendable {
    /// Off in a plan: the hosts are looked at and nothing is changed.
    package var changes: Bool
    package var wantsDiffs: Bool
    /// Keeps the programs that were, or would be, sent.
    package var keepsPrograms: Bool
    /// What each host's plan must come to, by name; others are refused before anything is changed there.
    package var expectedDigests: [String: String]?

    package init(
        changes: Bool,
        wantsDiffs: Bool = false,
        keepsPrograms: Bool = false,
        expectedDigests: [String: String]? = nil
    ) {
        self.changes = changes
        self.wantsDiffs = wantsDiffs
        self.keepsPrograms = keepsPrograms
        self.expectedDigests = expectedDigests
    }
}
