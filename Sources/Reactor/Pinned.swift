/// An actor that is nothing but a loop's isolation: code that must stay on the loop runs as its guest. A task executor
/// preference alone is not enough: in Swift 6.3 a task that sets it from another thread may go on there until its first
/// real suspension.
package actor Pinned {
    private nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    package init(to loop: Loop) { self.loop = loop }

    /// Runs `body` on the loop, and its child tasks too.
    package func run<Value: Sendable>(_ body: @escaping @Sendable (Loop) async throws -> Value) async throws -> Value {
        try await withTaskExecutorPreference(loop) { try await body(loop) }
    }
}
