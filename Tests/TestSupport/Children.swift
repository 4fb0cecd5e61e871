package import Reactor

/// Runs a program to its end on a loop of its own.
package func runChild(
    _ arguments: [String],
    input: [UInt8] = [],
    environment: [String: String] = Surroundings.environment,
    directory: String? = nil
) async throws -> ChildResult {
    try await withLoop { loop in
        var request = ChildRequest(arguments, environment: environment, directory: directory)
        request.input = input
        request.outputLimit = 64 << 20
        return try await loop.run(request)
    }
}

/// The shells that programs for hosts must be read alike by.
package enum HostShell: String, CaseIterable, Sendable {
    case dash
    case bash
    case busybox
    /// busybox with nothing but its own applets on PATH: what a small router or container has.
    case applets

    /// Those that this machine has.
    package static var present: [HostShell] {
        allCases.filter { Surroundings.has($0 == .applets ? "busybox" : $0.rawValue) }
    }

    package var words: [String] {
        switch self {
        case .dash, .bash: return [rawValue]
        case .busybox: return ["busybox", "sh"]
        case .applets: return ["sh"]
        }
    }

    /// The environment it is to run in; `directory` is where the links to applets go.
    package func environment(_ directory: String) async throws -> [String: String] {
        var environment = Surroundings.environment
        guard self == .applets else { return environment }
        let bin = "\(directory)/applets"
        try Files.makeDirectory(bin)
        _ = try await runChild(["busybox", "--install", "-s", bin])
        environment["PATH"] = bin
        return environment
    }

    /// Runs `text` as `sh -c` would, with positional parameters.
    package func run(
        _ text: String,
        _ parameters: [String] = [],
        input: [UInt8] = [],
        in directory: String
    ) async throws -> ChildResult {
        try await runChild(
            words + ["-c", text, "baton"] + parameters,
            input: input,
            environment: try await environment(directory),
            directory: directory
        )
    }
}
