import Reactor
import TestSupport
import Testing

/// Wrong words and wrong files: one clear sentence, exit 1, nothing contacted.
@Suite struct UsageTests {
    @Test(arguments: [
        (["exce"], "baton: `exce` is not a command of `baton`.\n  Did you mean `exec`?\n"),
        (["exec"], "baton: `baton exec` needs COMMAND after `--`.\n  Usage: baton exec [OPTIONS] -- COMMAND ...\n"),
        (
            ["exec", "--", "true"],
            "baton: no inventory is given\n  name one with -i FILE, or in baton.yml as `inventory: FILE`\n"
        ),
        (["exec", "-i", "none.yml", "--", "true"], "none.yml: error: cannot be read: No such file or directory\n"),
        (["exec", "-i", ".", "--", "true"], "./broken.yml:3:16: error:"),
        (
            ["exec", "-i", "broken.yml", "--", "true"],
            "broken.yml:3:16: error: did not find expected node content\n      a: {port: [}\n                 ^\n"
        ),
        (
            ["exec", "-i", "port.yml", "--", "true"],
            "port.yml:3:23: error:"
        ),
        (["exec", "-i", "empty.yml", "--", "true"], "baton: the inventory has no hosts\n"),
        (["exec", "-i", "good.yml", "-l", "wbe", "--", "true"], "web"),
        (["exec", "-i", "good.yml", "-K", "--", "true"], "baton: -K needs a terminal to ask on\n"),
        (
            ["exec", "-i", "good.yml", "--private-key", "none", "--", "true"],
            "cannot be read: No such file or directory\n"
        ),
        (
            ["exec", "-i", "key.yml", "--", "true"],
            "key.yml:3:19: error: host_key must be a key type and a key, not the text \"nonsense\"\n"
        ),
        (["exec", "-i", "method.yml", "--", "true"], "ansible_become_method doas is not supported\n"),
        (["exec", "-i", "good.yml", "--timeout", "soon", "--", "true"], "--timeout"),
        (
            ["restart", "web", "-i", "good.yml", "-l", "w1", "worker", "-y"],
            "`baton restart` takes only SERVICE, but was also given `worker`.\n"
        ),
        (["logs", "-i", "good.yml", "-l", "w1", "web", "worker"], "but was also given `worker`.\n"),
        (
            ["plan", "play.yml", "-i", "good.yml", "--out", "nowhere/plan.json"],
            "/nowhere\"\n"
        ),
    ])
    func `is one clear sentence`(_ arguments: [String], _ expected: String) async throws {
        try await withWorkplace(hosts: 0) { place in
            let files = [
                "broken.yml": "all:\n  hosts:\n    a: {port: [}\n",
                "port.yml": "all:\n  hosts:\n    a: {ansible_port: 99999}\n",
                "play.yml": "- hosts: all\n  tasks: [{run: ls}]\n",
                "empty.yml": "all:\n  hosts:\n",
                "good.yml":
                    "all:\n  children:\n    web:\n      hosts:\n        w1: {ansible_host: 127.0.0.1, ansible_port: 1}\n",
                "key.yml": "all:\n  hosts:\n    a: {host_key: nonsense}\n",
                "method.yml": "all:\n  hosts:\n    a: {ansible_become: true, ansible_become_method: doas}\n",
            ]
            for (name, text) in files { try Files.write(Array(text.utf8), to: "\(place.directory)/\(name)") }
            let result = try await place.baton(arguments[0], arguments: Array(arguments.dropFirst()))
            #expect(result.status == .exited(1))
            #expect(result.output == "")
            #expect(result.errors.contains(expected), "\(result.errors)")
        }
    }

    @Test func `baton.yml is found from below and its mistakes are shown`() async throws {
        try await withWorkplace(hosts: 1) { place in
            try Files.makeDirectory("\(place.directory)/deep")
            try Files.write(
                Array("inventory: fleet/inventory.yml\noutput: json\nforks: 3\n".utf8),
                to: "\(place.directory)/baton.yml"
            )
            let found = try await place.baton("exec", "--", "echo hello", in: "\(place.directory)/deep")
            #expect(found.status == .exited(0), "\(found.errors)")
            #expect(found.output.contains(#""stdout":"hello\n""#))
            try Files.write(
                Array("inventry: x\nforks: many\noutput: xml\n".utf8),
                to: "\(place.directory)/baton.yml"
            )
            let wrong = try await place.baton("exec", "--", "true")
            #expect(wrong.status == .exited(1))
            for part in ["baton.yml:1:1: error:", "inventory", "baton.yml:2:8: error:", "baton.yml:3:9: error:"] {
                #expect(wrong.errors.contains(part), "\(wrong.errors)")
            }
        }
    }

    @Test func `init writes a project that works and leaves what is there`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let made = try await place.baton("init", "shop")
            #expect(made.status == .exited(0))
            let text = try Files.read("\(place.directory)/shop/baton.yml")
            let usable = try await place.baton("exec", "-l", "none", "--", "true", in: "\(place.directory)/shop")
            #expect(usable.status == .exited(1))
            #expect(usable.errors.contains("none"))
            try Files.write(Array("forks: 7\n".utf8), to: "\(place.directory)/shop/baton.yml")
            let again = try await place.baton("init", "shop")
            #expect(again.errors.contains("kept baton.yml"))
            #expect(try Files.read("\(place.directory)/shop/baton.yml") == Array("forks: 7\n".utf8))
            #expect(text != Array("forks: 7\n".utf8))
        }
    }
}

extension Workplace {
    fileprivate func baton(_ command: String, arguments: [String]) async throws -> ChildResult {
        try await shell("exec \"$BATON\" \"$@\"", with: [command] + arguments)
    }

    private func shell(_ line: String, with arguments: [String]) async throws -> ChildResult {
        let quoted = arguments.map {
            "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        return try await shell("set -- \(quoted.joined(separator: " ")); \(line)")
    }
}
