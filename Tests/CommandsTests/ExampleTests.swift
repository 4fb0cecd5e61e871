import Reactor
import TestSupport
import Testing

/// What the repository shows must be true.
@Suite struct ExampleTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    @Test func `every example inventory is understood`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let names = Files.list("\(Self.root)/inventories")
            #expect(!names.isEmpty)
            for name in names {
                // A pattern that names nothing is refused after the inventory was read and before anything is contacted.
                let result = try await place.baton(
                    "exec",
                    "-i",
                    "\(Self.root)/inventories/\(name)",
                    "-l",
                    "no-such",
                    "--",
                    "true"
                )
                #expect(result.status == .exited(1))
                #expect(result.errors.hasPrefix("--limit:1:1: error:"), "\(result.errors)")
            }
        }
    }

    @Test func `every example playbook is valid for a lab`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let folder = "\(Self.root)/examples"
            let names = Files.list(folder)
            #expect(!names.isEmpty)
            for name in names {
                // The project of a playbook is where one stands.
                let result = try await place.run([
                    "sh", "-c", #"cd "$1" && exec "$2" validate -i "$3" "$4""#, "-", "\(folder)/\(name)",
                    BatonProgram.path, place.inventory, "\(name).yml",
                ])
                #expect(result.status == .exited(0), "\(result.errors)")
            }
        }
    }

    @Test func `the options that the readme shows exist`() throws {
        let text = String(decoding: try Files.read("\(Self.root)/README.md"), as: UTF8.self)
        let help = try [
            "exec", "hosts", "lab-up", "facts", "init", "validate", "plan", "deploy", "render", "restart", "logs",
        ]
        .map {
            String(decoding: try Files.read("\(Self.root)/Tests/CommandsTests/Snapshots/help-\($0).txt"), as: UTF8.self)
        }.joined()
        for word in text.split(whereSeparator: { " `\n(),;".contains($0) })
        where word.hasPrefix("--") && word.contains(where: \.isLetter) {
            #expect(help.contains(word) || word == "--help", "\(word)")
        }
    }
}
