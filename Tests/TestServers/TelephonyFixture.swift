import CSystem
package import Reactor
import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The stand-in for Adhearsion (Tests/Fixtures/adhearsion/ahn) in a folder of its own. Use on its loop.
/// `withTelephonyFixture` takes everything back.
package struct TelephonyFixture: Sendable {
    package let root: String
    package let loop: Loop

    package static var isAvailable: Bool { Files.exists("/usr/bin/python3") && Files.exists("/proc/self/stat") }
    package static let program = "\(ServerKind.root)/Tests/Fixtures/adhearsion/ahn"

    package var pidFile: String { "\(root)/adhearsion.pid" }
    package var logFile: String { "\(root)/log/adhearsion.log" }
    private var exitFile: String { "\(root)/exit" }
    private var numberFile: String { "\(root)/number" }

    /// Starts it in the foreground of a shell that keeps its exit status, and waits until it runs.
    package func start(_ variables: [String: String] = [:], untilRunning: Bool = true) async throws {
        try await launch(variables)
        if untilRunning { try await says("Transitioning from booting to running") }
    }

    private func launch(_ variables: [String: String]) async throws {
        for file in [exitFile, numberFile] { unlink(file) }
        var environment = Surroundings.environment
        environment["PID_FILE"] = pidFile
        environment["FIXTURE_ROOT"] = root
        environment.merge(variables) { $1 }
        // Not with `&`: what a shell puts into the background ignores INT and QUIT.
        let line = #"""
            exec setsid --fork sh -c '
                sh -c "echo \$\$ >number; exec \"\$0\" start --no-console" "$0"; echo $? >exit' "$0" \
                >output 2>&1 </dev/null
            """#
        let request = ChildRequest(["sh", "-c", line, Self.program], environment: environment, directory: root)
        let result = try await loop.run(request)
        guard result.succeeded else { throw failure("cannot start: \(result.errors)") }
        try await wait("the process") { process != nil || status != nil }
    }

    /// Runs another of its commands to the end.
    package func run(_ arguments: [String], _ variables: [String: String] = [:]) async throws -> ChildResult {
        var environment = Surroundings.environment
        environment["FIXTURE_ROOT"] = root
        environment.merge(variables) { $1 }
        return try await loop.run(ChildRequest([Self.program] + arguments, environment: environment, directory: root))
    }

    // MARK: What it does

    package var log: String { (try? Files.read(logFile)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// The messages of the log, without time and level.
    package var messages: [String] {
        log.split(separator: "\n").compactMap { line in
            let mark = "Adhearsion::Process: "
            guard let place = line.utf8.indices.first(where: { line.utf8[$0...].starts(with: mark.utf8) }) else {
                return nil
            }
            return String(line[line.utf8.index(place, offsetBy: mark.utf8.count)...])
        }
    }

    package func says(_ text: String) async throws {
        try await wait("the log to say '\(text)'") { messages.contains { $0.hasPrefix(text) } }
    }

    /// The process while it lives.
    package var process: FixtureProcess? { number(in: numberFile).flatMap { FixtureProcess.read($0) } }

    /// Its exit status once it has ended, as a shell has it: 128 and the number of a signal that ended it.
    package var status: Int32? { number(in: exitFile) }

    package func ends() async throws -> Int32 {
        try await wait("its end") { status != nil }
        return status ?? -1
    }

    package func number(in file: String) -> Int32? {
        (try? Files.read(file, limit: 64)).flatMap { Int32(String(decoding: $0, as: UTF8.self).filter(\.isNumber)) }
    }

    package func signal(_ number: Int32) throws {
        guard let process else { throw failure("there is no process to signal") }
        process.signal(number)
    }

    // MARK: Calls

    /// Offers a call and waits for what becomes of it; without a duration it lasts until `endCall`.
    package func call(_ name: String, lasts seconds: Double? = nil) async throws -> String {
        let folder = "\(root)/calls"
        let temporary = "\(root)/call.\(name)"
        try Files.write((seconds.map { "\($0)" } ?? "").utf8, to: temporary)
        guard rename(temporary, "\(folder)/offered.\(name)") == 0 else {
            throw SystemError(code: errno, doing: "offer the call \(name)")
        }
        try await wait("the call \(name) to be taken or declined") { ["active", "declined"].contains(state(of: name)) }
        return state(of: name)
    }

    package func endCall(_ name: String) { unlink("\(root)/calls/active.\(name)") }

    /// offered, active, declined, ended or hungup; empty when it is gone.
    package func state(of name: String) -> String {
        for file in Files.list("\(root)/calls") where file.hasSuffix(".\(name)") {
            return String(file.prefix { $0 != "." })
        }
        return ""
    }

    package func setTelephony(up: Bool) throws { try Files.write((up ? "up" : "down").utf8, to: "\(root)/telephony") }

    // MARK: Waiting

    package func wait(_ what: String, within limit: Duration = .seconds(60), _ isSo: () -> Bool) async throws {
        let deadline = loop.now + limit
        while !isSo() {
            guard loop.now < deadline else { throw failure("waited \(limit) for \(what)") }
            await loop.sleep(.milliseconds(10))
        }
    }

    private func failure(_ what: String) -> FixtureError {
        let output = (try? Files.read("\(root)/output")).map { String(decoding: $0.suffix(1000), as: UTF8.self) } ?? ""
        return FixtureError(description: "\(what)\n\(log.suffix(2000))\n\(output)")
    }
}

/// A stand-in that does not run yet; whatever of it is left is ended, and its folder removed.
package func withTelephonyFixture<Result: Sendable>(
    _ body: @escaping @Sendable (TelephonyFixture) async throws -> Result
) async throws -> Result {
    try await withDirectory { directory in
        try await withLoop { loop in
            try Files.makeDirectory("\(directory)/calls")
            let fixture = TelephonyFixture(root: directory, loop: loop)
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body(fixture))
            } catch {
                outcome = .failure(error)
            }
            let left = await FixtureProcess.endAll(in: directory, on: loop)
            guard left.isEmpty else { throw FixtureError(description: "cannot end \(left)") }
            return try outcome.get()
        }
    }
}
