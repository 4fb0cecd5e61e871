package import Document

/// How far a task could be understood for one host.
package enum Resolution: Sendable {
    case ready(ResolvedTask)
    /// A condition said no.
    case skipped(String)
    /// It needs this variable, which is not known yet: the result of an earlier task, or `facts`.
    case waits(for: String)
    /// It needs this secret, which has not been fetched.
    case needs(SecretReference)
    /// It needs a large file that is still to be measured.
    case needsFiles
}

/// A task of one host with everything in it evaluated.
package struct ResolvedTask: Sendable {
    package var number: Int
    package var name: String
    package var account: TaskAccount
    package var work: any Work
    /// Whether anything of it is a secret: what it prints is not to be trusted on a screen.
    package var isTainted: Bool
    /// What was inserted into commands without quotes, for the plan to mark.
    package var raws: [RawInsertion]

    package init(
        number: Int,
        name: String,
        account: TaskAccount,
        work: any Work,
        isTainted: Bool,
        raws: [RawInsertion] = []
    ) {
        self.number = number
        self.name = name
        self.account = account
        self.work = work
        self.isTainted = isTainted
        self.raws = raws
    }
}

/// Who a task is on the host.
package enum TaskAccount: Hashable, Sendable {
    /// As the command line and the inventory say.
    case standard
    /// Whoever logged in.
    case login
    case become(String)
}
