import Document
import Reactor
import Text

/// Fetches the secrets that a playbook names with `!secret`: from the environment, from a file, or from what a command
/// prints. What comes back is never shown, and neither is what a command printed that failed on stdout.
struct SecretFetcher: Sendable {
    let environment: [String: String]
    let home: String
    /// Where relative paths begin, and where commands run.
    let root: String
    let loop: Loop

    private static let deadline = Duration.seconds(60)
    private static let mostBytes = 1 << 20

    func fetch(_ reference: SecretReference) async throws(SecretProblem) -> String {
        switch reference {
        case .environment(let name): return try variable(name)
        case .file(let path): return try checked(read(path))
        case .command(let line): return try checked(try await output(of: line))
        }
    }

    private func variable(_ name: String) throws(SecretProblem) -> String {
        guard let value = environment[name] else {
            throw SecretProblem("the environment has no \(name)", hint: "export \(name) before running baton")
        }
        if value.isEmpty { throw SecretProblem("\(name) is empty in the environment") }
        return value
    }

    private func read(_ path: String) throws(SecretProblem) -> [UInt8] {
        let file = path.hasPrefix("/") ? path : path.hasPrefix("~/") ? home + path.dropFirst() : "\(root)/\(path)"
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(file, limit: Self.mostBytes)
        } catch {
            throw SecretProblem("\(Printable.quoted(path)) cannot be read: \(error.reason)")
        }
        // Others may read it where the system hands secrets out that way; nobody else may have chosen it.
        guard Files.isTrusted(file) else {
            throw SecretProblem(
                "\(Printable.quoted(path)) may be written by others",
                hint: "it must belong to you or to root, and nobody else may write it"
            )
        }
        return bytes
    }

    private func output(of line: String) async throws(SecretProblem) -> [UInt8] {
        var request = ChildRequest(["/bin/sh", "-c", line], environment: environment, directory: root)
        request.deadline = Self.deadline
        request.outputLimit = Self.mostBytes
        // It may ask at the terminal, and whoever interrupts Baton there interrupts it too.
        request.ownGroup = false
        let result: ChildResult
        do throws(SystemError) {
            result = try await loop.run(request)
        } catch {
            throw SecretProblem("the command cannot be run: \(error.reason)")
        }
        let said = Printable.sentence(result.stderr.suffix(600), limit: 600)
        let hint = said.isEmpty ? nil : "it said: \(said)"
        switch result.status {
        case .exited(0): break
        case .exited(let code): throw SecretProblem("the command ended with exit status \(code)", hint: hint)
        case .signaled(let signal): throw SecretProblem("the command was ended by signal \(signal)", hint: hint)
        case .timedOut: throw SecretProblem("the command was ended after 60 seconds", hint: hint)
        }
        if result.stdout.count >= Self.mostBytes { throw SecretProblem("the command printed more than 1 MiB") }
        return result.stdout
    }

    /// Without the newline at its end, which belongs to the file and not to the secret.
    private func checked(_ bytes: [UInt8]) throws(SecretProblem) -> String {
        var bytes = bytes[...]
        while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if bytes.isEmpty { throw SecretProblem("there is nothing in it") }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretProblem("it is not text", hint: "a secret is UTF-8 without NUL; encode it, as with base64")
        }
        return text
    }
}
