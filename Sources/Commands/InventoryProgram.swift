import Document
import Inventory
import Reactor
import Text

/// Executable inventories: programs that print an inventory as JSON.
struct InventoryProgram {
    let environment: [String: String]
    let directory: String
    let loop: Loop

    private static let deadline = Duration.seconds(120)
    private static let mostBytes = 64 << 20

    /// An inventory that can be executed is run if it looks like a program: files from other systems are executable all.
    static func isProgram(_ path: String, _ bytes: [UInt8]) -> Bool {
        guard magics.contains(where: { bytes.starts(with: $0) }) else { return false }
        return Loop.executable(path, path: "") != nil
    }

    // A script, and what Linux and macOS compile programs to.
    private static let magics: [[UInt8]] = [
        Array("#!".utf8), [0x7F, 0x45, 0x4C, 0x46], [0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE],
    ]

    func add(_ path: String, shown: String, to builder: inout InventoryBuilder) async throws(DocumentError) {
        var limits = Limits()
        limits.inputBytes = InventoryProgram.mostBytes
        limits.nodes *= 4
        let listing = try await output(of: path, ["--list"], shown)
        for name in builder.addListing(listing, limits: limits) ?? [] {
            let variables = try await output(of: path, ["--host", name], shown)
            builder.addHostListing(variables, of: name, limits: limits)
        }
    }

    private func output(of path: String, _ words: [String], _ shown: String) async throws(DocumentError) -> SourceText {
        let name = ([shown] + words).joined(separator: " ")
        var request = ChildRequest([path] + words, environment: environment, directory: directory)
        request.deadline = InventoryProgram.deadline
        request.outputLimit = InventoryProgram.mostBytes
        // Whoever interrupts Baton at the terminal interrupts the program with it.
        request.ownGroup = false
        let result: ChildResult
        do throws(SystemError) {
            result = try await loop.run(request)
        } catch {
            throw failure(name, "cannot be run: \(error.reason)", nil)
        }
        switch result.status {
        case .exited(0): break
        case .exited(let code): throw failure(name, "ended with exit status \(code)", result)
        case .signaled(let signal): throw failure(name, "was ended by signal \(signal)", result)
        case .timedOut: throw failure(name, "was ended after 120 seconds", result)
        }
        if result.stdout.count >= InventoryProgram.mostBytes {
            throw failure(name, "printed more than 64 MiB", nil)
        }
        return SourceText(name: name, bytes: result.stdout)
    }

    private func failure(_ name: String, _ message: String, _ result: ChildResult?) -> DocumentError {
        let said = Printable.sentence(result?.stderr.suffix(600) ?? [], limit: 600)
        let source = SourceText(name: name, text: "")
        return DocumentError(
            Diagnostic("the program \(message)", in: source, at: nil, hint: said.isEmpty ? nil : "it said: \(said)")
        )
    }
}
