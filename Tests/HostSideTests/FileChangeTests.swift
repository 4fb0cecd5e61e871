import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Files that are made and replaced, in the shells that hosts have.
@Suite struct FileChangeTests {
    @Test(arguments: HostShell.present)
    func `a new file has the right bytes and mode, and nothing else is there`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let text = "it's\n$HOME `x` \\n %s\n\n"
            let change = FileChange(
                expected: try await host.now("new"),
                content: try await content(text),
                mode: 0o640
            )
            let ended = try await host.apply(.file(change))
            #expect(ended?.end == .done)
            #expect(ended?.errors == "" && ended?.text == "" && ended?.note == nil)
            #expect(try host.read("new") == text)
            #expect(host.mode("new") == 0o640)
            #expect(host.names() == ["new"])
        }
    }
}
