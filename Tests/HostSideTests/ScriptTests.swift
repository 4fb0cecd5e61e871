import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Scripts of rooms above, as looks and as steps.
@Suite struct ScriptTests {
    private static let library = ScriptLibrary(
        "library",
        source: """
            # not sent
            t_say() {
                printf '%s|' "$@"
                printf 'said %s' "$t_word" >&2
                return "$t_status"
            }

            """
    )

    private static func script(_ status: Int, _ words: String..., word: String = "it") -> HostScript {
        HostScript(
            libraries: [library],
            text: "t_word=\(word) t_status=\(status)\n",
            call: ["t_say"] + words
        )
    }

    @Test(arguments: HostShell.present)
    func `looks have what each printed, and their libraries once`(shell: HostShell) async throws {
        let looks: [Look] = [
            .script(Self.script(0, "it's", "$HOME\n", "")), .path("/", hashing: .never),
            .script(Self.script(7, word: "other")), .script(HostScript(call: ["t_missing"])),
        ]
        let text = Looking.program(looks).text
        #expect(text.components(of: "t_say() {") == 1)
        #expect(!text.contains("not sent"))
        try await withHost(shell) { host in
            let seen = try await host.look(looks)
            #expect(
                seen[looks[0]]
                    == .script(status: 0, stdout: Array("it's|$HOME\n||".utf8), stderr: Array("said it".utf8))
            )
            #expect(
                seen[looks[2]] == .script(status: 7, stdout: Array("|".utf8), stderr: Array("said other".utf8))
            )
            guard case .script(127, [], let errors)? = seen[looks[3]] else {
                Issue.record("\(String(describing: seen[looks[3]]))")
                return
            }
            #expect(String(decoding: errors, as: UTF8.self).contains("t_missing"))
        }
    }

    @Test(arguments: HostShell.present)
    func `steps end as their scripts do`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let words = HostScript(text: "t_end() { echo first; echo \"$2\"; cd /; exit \"$1\"; }\n", call: [])
            func step(_ number: Int, _ status: String, ignores: Bool = false) -> Step {
                var script = words
                script.call = ["t_end", status, "it's \(status)"]
                return Step(number, "end", .script(script), ignoresFailure: ignores)
            }
            let first = try await host.apply([step(1, "0"), step(2, "76"), step(3, "9", ignores: true), step(4, "1")])
            #expect(first.ends == [.done, .skipped("it's 76"), .failed(status: 9), .failed(status: 1)])
            #expect(first.ended.map(\.text).first == "first\nit's 0\n")
            #expect(try await host.apply([step(1, "75"), step(2, "0")]).ends == [.stale])
            #expect(first.status == .exited(0))
        }
    }

    @Test func `what may hold a secret is not shown`() {
        let script = Self.script(0, "name", word: "secret-word").withoutSecrets
        #expect(!Looking.program([.script(script)]).text.contains("secret-word"))
        #expect(script.call == ["t_say", "name"])
    }

    @Test(arguments: [
        ["script 0 a"], ["scripted 0 0 "], ["script 0 a", "scripted 0 256 "], ["script 0 a", "scripted 0 x "],
        ["script 0 a", "script 0 b", "scripted 0 0 "], ["script 0 a", "command 0 0 "], ["command 0 0 "],
    ])
    func `another answer is an error`(records: [String]) {
        let look = Look.script(Self.script(0))
        let bytes = Array(records.map { "\($0)\0" }.joined().utf8)
        #expect(throws: LookingError.self) { try Looking.read(bytes, [look]) }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
