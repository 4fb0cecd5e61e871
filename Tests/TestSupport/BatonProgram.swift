package import Lab
package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A fleet on loopback and the real `baton` beside it, as a user has them.
package struct Workplace: Sendable {
    package let loop: Loop
    /// Where commands run; also their HOME, so that nothing of the user's own set-up counts.
    package let directory: String
    package let inventory: String
    package let hosts: [LabHost]

    package init(loop: Loop, directory: String, inventory: String, hosts: [LabHost] = []) {
        self.loop = loop
        self.directory = directory
        self.inventory = inventory
        self.hosts = hosts
    }

    /// Runs baton with these arguments.
    package func baton(
        _ arguments: String...,
        environment: [String: String] = [:],
        in folder: String? = nil
    ) async throws -> ChildResult {
        try await run([BatonProgram.path] + arguments, environment: environment, in: folder)
    }

    /// Runs a program.
    package func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: String? = nil,
        within deadline: Duration = .seconds(90)
    ) async throws -> ChildResult {
        var request = request(arguments, environment, folder)
        request.deadline = deadline
        return try await loop.run(request)
    }

    /// Runs a shell line in which `$BATON` is baton.
    package func shell(_ line: String, environment: [String: String] = [:]) async throws -> ChildResult {
        try await loop.run(request(["sh", "-c", line], environment, nil))
    }

    private func request(_ arguments: [String], _ more: [String: String], _ folder: String?) -> ChildRequest {
        var environment = Surroundings.environment
        environment["HOME"] = directory
        environment["BATON"] = BatonProgram.path
        environment.merge(more) { $1 }
        var request = ChildRequest(arguments, environment: environment, directory: folder ?? directory)
        request.outputLimit = 64 << 20
        request.deadline = .seconds(240)
        return request
    }
}

package enum BatonProgram {
    /// The binary that was built together with the tests.
    package static var path: String {
        if let named = getenv("BATON_UNDER_TEST") { return String(cString: named) }
        let test = CommandLine.arguments[0]
        // .build/debug/XTests.xctest on Linux; .build/debug/X.xctest/Contents/MacOS/X on Darwin.
        var directory = test[..<(test.lastIndex(of: "/") ?? test.startIndex)]
        while directory.contains(".xctest") {
            directory = directory[..<(directory.lastIndex(of: "/") ?? directory.startIndex)]
        }
        return "\(directory)/baton"
    }
}

/// A workplace with so many hosts that are up; all of it is taken back afterwards.
package func withWorkplace<Result: Sendable>(
    hosts count: Int,
    extra: String = "",
    _ body: @escaping @Sendable (Workplace) async throws -> Result
) async throws -> Result {
    try await withDirectory { directory in
        try await withLoop(places: 1 + count / 8) { loop in
            let lab = Lab(
                directory: "\(directory)/fleet",
                user: Surroundings.user,
                environment: Surroundings.environment,
                on: loop
            )
            let states = count == 0 ? [] : try await lab.up(count, extra: extra)
            let place = Workplace(
                loop: loop,
                directory: directory,
                inventory: lab.layout.inventory,
                hosts: states.map { lab.layout.host($0.name) }
            )
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body(place))
            } catch {
                outcome = .failure(error)
            }
            try await lab.down()
            return try outcome.get()
        }
    }
}
