import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// What a host says of itself.
@Suite struct FactsTests {
    private func facts(_ text: String) -> [String] { Facts.parse(Array(text.utf8)).map { "\($0.name)=\($0.value)" } }

    @Test func `a line is a name, a tab and a value`() {
        #expect(facts("os\tdebian\ncpus\t2\n") == ["os=debian", "cpus=2"])
        #expect(facts("empty\t\nlast\tno newline") == ["empty=", "last=no newline"])
        #expect(facts("tabs\ta\tb\n") == ["tabs=a\tb"])
    }

    @Test func `what is not a fact is passed over`() {
        #expect(facts("Welcome!\n\n\tno name\nUPPER\tx\na b\tx\n\u{1b}[31m\tx\né\tx\nos\tok\n") == ["os=ok"])
        #expect(
            facts(String(repeating: "a", count: 41) + "\tx\n" + String(repeating: "b", count: 40) + "\ty\n").count == 1
        )
        #expect(facts("") == [])
    }

    @Test func `the first of two counts`() {
        #expect(facts("os\tone\nos\ttwo\n") == ["os=one"])
    }

    @Test func `a host cannot fill memory`() {
        let many = (0..<1000).map { "n\($0)\tx\n" }.joined()
        #expect(facts(many).count == 64)
        let long = "x\t" + String(repeating: "v", count: 5000) + "\n"
        #expect(Facts.parse(Array(long.utf8)).map(\.value.utf8.count) == [1024])
        #expect(Facts.parse([120, 9, 0xff, 10]).map(\.value) == ["\u{fffd}"])
    }

    private func ask(_ shell: HostShell) async throws -> [String: String] {
        try await withDirectory { directory in
            let result = try await shell.run(Facts.program.text, in: directory)
            #expect(result.status == .exited(0))
            #expect(result.errors == "")
            let facts = Facts.parse(result.stdout)
            #expect(facts.count == result.stdout.count { $0 == 10 }, "every line is a fact")
            return Dictionary(uniqueKeysWithValues: facts.map { ($0.name, $0.value) })
        }
    }

    /// These change while one looks.
    private static let unstable = ["uptime_seconds", "memory_available_kib"]

    @Test(arguments: HostShell.present)
    func `every shell gets the same facts`(shell: HostShell) async throws {
        var expected = try await ask(.dash)
        var found = try await ask(shell)
        for name in Self.unstable {
            #expect(found[name].flatMap { Int($0) } != nil || expected[name] == nil, "\(name)")
            expected[name] = nil
            found[name] = nil
        }
        if shell == .applets {
            // Other programs are there and not there; the processors may be counted in another way.
            for name in ["tools", "cpus"] {
                expected[name] = nil
                found[name] = nil
            }
        }
        #expect(found == expected)
    }

    @Test(arguments: HostShell.present)
    func `the facts are true`(shell: HostShell) async throws {
        let facts = try await ask(shell)
        #expect(facts["user"] == Surroundings.user)
        #expect(facts["home"] == Surroundings.environment["HOME"])
        #expect(facts["uid"] == (Surroundings.isRoot ? "0" : facts["uid"]))
        let kernel = try await runChild(["uname", "-s"]).output
        #expect(facts["kernel"] == String(kernel.dropLast()))
        #expect(facts["fractional_sleep"] == "yes")
        #expect(facts["tools"]?.split(separator: " ").contains("sha256sum") == true)
        #expect(facts["cpus"].flatMap { Int($0) }.map { $0 > 0 } == true)
    }

    @Test func `only tools that are there are named`() async throws {
        try await withDirectory { directory in
            let result = try await HostShell.dash.run("PATH=/nowhere; \(Facts.program.text)", in: directory)
            let facts = Facts.parse(result.stdout)
            #expect(facts.first { $0.name == "tools" }?.value == "")
            #expect(facts.first { $0.name == "fractional_sleep" }?.value == "no")
        }
    }
}
