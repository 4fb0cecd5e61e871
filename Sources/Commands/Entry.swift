import CSystem
import Events
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
        return Context(
            arguments: arguments,
            environment: environment,
            directory: workingDirectory(),
            user: name ?? environment["USER"] ?? "root",
            home: environment["HOME"] ?? home ?? "/",
            loop: loop,
            descriptors: descriptors,
            stdout: stdout,
            stderr: stderr,
            askSecret: access("/dev/tty", R_OK | W_OK) == 0 && baton_is_terminal(0) == 1 ? Terminal.askSecret : nil
        )
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

/// The terminal itself, which is there even when the streams are redirected.
enum Terminal {
    @Sendable static func askSecret(_ prompt: String) -> String? {
        let fd = baton_open("/dev/tty", O_RDWR, 0)
        guard fd >= 0 else { return nil }
        defer { close(fd) }
        _ = prompt.withCString { baton_write(fd, $0, strlen($0)) }
        _ = baton_terminal_secret(fd, 1)
        defer {
            _ = baton_terminal_secret(fd, 0)
            _ = baton_write(fd, "\n", 1)
        }
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 1024 {
            guard baton_read(fd, &byte, 1) == 1 else { return nil }
            switch byte {
            case 10, 13: return String(validating: bytes, as: UTF8.self)
            case 3, 4: return nil  // Ctrl-C, Ctrl-D
            case 8, 127: while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
            case 21: bytes = []  // Ctrl-U
            default: bytes.append(byte)
            }
        }
        return nil
    }
}
