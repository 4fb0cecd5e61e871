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
        // A reader that goes away (`| head`) must not end a run in the middle.
        baton_ignore_sigpipe()
        _ = baton_raise_descriptor_limit()
        let loop: Loop
        do throws(SystemError) {
            loop = try Loop()
        } catch {
            descriptor(2).write("baton: \(error)\n")
            exit(1)
        }
        let context = context(loop)
        let box = StatusBox()
        Task(executorPreference: loop) {
            box.status = await Tool.run(context).rawValue
            loop.stop()
        }
        loop.run()
        exit(box.status)
    }

    /// Written on the loop's thread, read on it after the loop has ended.
    private final class StatusBox: @unchecked Sendable { var status: Int32 = 0 }

    private static func context(_ loop: Loop) -> Context {
        let arguments = (1..<max(1, Int(CommandLine.argc))).map { index in
            CommandLine.unsafeArgv[index].map { String(cString: $0) } ?? ""
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
            stdout: descriptor(1),
            stderr: descriptor(2),
            askSecret: access("/dev/tty", R_OK | W_OK) == 0 && baton_is_terminal(0) == 1 ? Terminal.askSecret : nil
        )
    }

    private static func workingDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    private static func descriptor(_ fd: Int32) -> Sink {
        let isTerminal = baton_is_terminal(fd) == 1
        let columns = isTerminal ? Int(baton_terminal_columns(fd)) : 0
        return Sink(isTerminal: isTerminal, columns: columns > 0 ? columns : 100) { text in
            var text = text
            text.withUTF8 { buffer in
                var rest = UnsafeRawBufferPointer(buffer)
                while !rest.isEmpty {
                    let count = baton_write(fd, rest.baseAddress, rest.count)
                    // Nobody reads any more, or the disk is full: the run goes on, the exit code still tells.
                    if count <= 0 { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                }
            }
        }
    }
}

/// The terminal itself, which is there even when the streams are redirected.
enum Terminal {
    @Sendable static func askSecret(_ prompt: String) -> String? {
        let fd = baton_open("/dev/tty", O_RDWR, 0)
        guard fd >= 0 else { return nil }
        defer { close(fd) }
        _ = baton_terminal_echo(fd, 0)
        defer {
            _ = baton_terminal_echo(fd, 1)
            _ = baton_write(fd, "\n", 1)
        }
        _ = prompt.withCString { baton_write(fd, $0, strlen($0)) }
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 1024 {
            guard baton_read(fd, &byte, 1) == 1 else { return nil }
            if byte == 10 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }
}
