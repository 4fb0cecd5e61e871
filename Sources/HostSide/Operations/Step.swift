/// One operation of a program, with what happens around it.
package struct Step: Equatable, Sendable {
    /// What it is called in answers; unique in its program.
    package var number: Int
    /// A few words for people, in the program's comments too.
    package var label: String
    package var operation: Operation
    /// How often it is tried again after a failure, and how long after.
    package var retries: Int
    package var delay: Duration
    /// A failure does not stop the program.
    package var ignoresFailure: Bool

    package init(
        _ number: Int,
        _ label: String,
        _ operation: Operation,
        retries: Int = 0,
        delay: Duration = .seconds(5),
        ignoresFailure: Bool = false
    ) {
        self.number = number
        self.label = label
        self.operation = operation
        self.retries = retries
        self.delay = delay
        self.ignoresFailure = ignoresFailure
    }
}

/// How a step ended.
package enum StepEnd: Equatable, Sendable {
    case done
    /// Nothing had to be done: a condition of a command said so, or what was to be verified is as it was.
    case skipped(String)
    /// The before-state is not what was seen; nothing was done, and the program ended.
    case stale
    case failed(status: Int32)
}
