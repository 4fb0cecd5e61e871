import CSystem
import Events
import Fleet
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The process: arguments and environment in, exit code out. The main thread is loop 0 and stays the only thread of
/// most runs.
package enum Entry {
    package static func main() -> Never {
        baton_claim_standard_descriptors()
        // A reader that goes away (`| head`) must not end a run in the middle.
        baton_prepare_signals()
        let limit = baton_raise_descriptor_limit()
        let (stdout, stderr) = (OutputWriter(1), OutputWriter(2))
        let loop: Loop
        let context: Context
        do {
            loop = try Loop()
            let descriptors = limit - Files.list("/dev/fd").count
            context = try Self.context(loop, sink(1, stdout), sink(2, stderr), descriptors: descriptors)
        } catch {
            stderr.write("baton: \(error)\n")
            _ = stderr.finish()
            exit(ExitCode.usage.rawValue)
        }
        let box = StatusBox()
        Task(executorPreference: loop) {
            box.status = await Tool.run(context).rawValue
            loop.stop()
        }
        loop.run()
        if let reason = stdout.finish() {
            stderr.write("baton: the output could not be written: \(reason)\n")
            // What was done was done; but nobody must take lost data for success.
            if box.status == 0 { box.status = ExitCode.mixed.rawValue }
        }
        _ = stderr.finish()
        exit(box.status)
    }

    /// An argument that would be changed on its way to a host.
    private struct NotText: Error, CustomStringConvertible {
        let index: Int
        var description: String { "argument \(index) is not valid UTF-8" }
    }

    /// Written on the loop's thread, read on it after the loop has ended.
    private final class StatusBox: @unchecked Sendable { var status: Int32 = 0 }

    private static func context(
        _ loop: Loop,
        _ stdout: Sink,
        _ stderr: Sink,
        descriptors: Int
    ) throws(NotText) -> Context {
        var arguments: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let pointer = CommandLine.unsafeArgv[index] else { break }
            guard let text = String(validatingCString: pointer) else { throw NotText(index: index) }
            arguments.append(text)
        }
        var environment: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.firstIndex(of: "=") {
                environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        let account = getpwuid(getuid())
        let name = account.flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
        let home = account.flatMap { $0.pointee.pw_dir }.map { String(cString: $0) }
        let homeOf: @Sendable (String) -> String? = { name in
            getpwnam(name).flatMap { $0.pointee.pw_dir }.map { String(cString: $0) }
        }
        let askSecret: @Sendable (String) -> Access.Asked = { Terminal.ask($0, isSecret: true) }
        let ask: @Sendable (String) -> Access.Asked = { Terminal.ask($0, isSecret: false) }
        let askBeside: @Sendable (String, () -> Bool) -> Access.Asked = {
            Terminal.ask($0, isSecret: false, isOver: $1)
        }
        let hasTerminal = access("/dev/tty", R_OK | W_OK) == 0 && baton_is_terminal(0) == 1
        return Context(
            arguments: arguments,
            environment: environment,
            directory: workingDirectory(),
            user: name ?? environment["USER"] ?? "root",
            home: environment["HOME"] ?? home ?? "/",
            userID: getuid(),
            hostName: hostName(),
            homeOf: homeOf,
            loop: loop,
            descriptors: descriptors,
            stdout: stdout,
            stderr: stderr,
            askSecret: hasTerminal ? askSecret : nil,
            ask: hasTerminal ? ask : nil,
            askBeside: hasTerminal ? askBeside : nil
        )
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func workingDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    private static func sink(_ fd: Int32, _ writer: OutputWriter) -> Sink {
        let isTerminal = baton_is_terminal(fd) == 1
        let columns = isTerminal ? Int(baton_terminal_columns(fd)) : 0
        return Sink(isTerminal: isTerminal, columns: columns > 0 ? columns : 100) {
            writer.write($0)
        } flush: {
            _ = writer.finish()
        }
    }
}
