import Events
import Reactor
import TestSupport
import Testing

@testable import Commands

/// Plans in files.
@Suite struct PlanFileTests {
    private static let result: RunResult = {
        var ready = HostResult(host: "web1", status: .changed, touched: false)
        ready.tasks = []
        ready.digest = "abc"
        var gone = HostResult(host: "web2", status: .unreachable, touched: false)
        gone.problem = HostResult.Problem(kind: "refused", message: "hunter22 is gone")
        return RunResult(run: "r", command: "plan", hosts: [ready, gone], interrupted: false)
    }()

    private func write(_ directory: String) throws {
        try PlanFile.write(
            Self.result,
            playbook: "web.yml",
            at: Timestamp(nanosecondsSince1970: 0),
            Redactor(["hunter22"]),
            to: "\(directory)/plan.json"
        )
    }

    private func read(_ directory: String, of playbook: String = "web.yml", for hosts: [String] = ["web1"]) -> String {
        do throws(CommandError) {
            let path = "\(directory)/plan.json"
            return "\(try PlanFile.digests(path, shown: "plan.json", of: playbook, for: hosts))"
        } catch {
            return error.text
        }
    }

    @Test func `what is written is read, by its owner alone, and holds no secret`() async throws {
        try await withDirectory { directory in
            try write(directory)
            #expect(read(directory) == #"["web1": "abc"]"#)
            let text = String(decoding: try Files.read("\(directory)/plan.json"), as: UTF8.self)
            #expect(
                text == #"{"schema":"baton.plan/1","run":"r","at":"1970-01-01T00:00:00.000Z","playbook":"web.yml","#
                    + #""hosts":[{"host":"web1","status":"changed","tasks":[],"digest":"abc"},{"host":"web2","#
                    + #""status":"unreachable","error":{"kind":"refused","message":"(secret) is gone"}}]}"# + "\n"
            )
            let mode = try await runChild(["find", directory, "-name", "plan.json", "-perm", "600"])
            #expect(mode.output.hasSuffix("plan.json\n"))
        }
    }

    @Test func `a plan for something else is refused`() async throws {
        try await withDirectory { directory in
            try write(directory)
            #expect(read(directory, of: "db.yml") == "baton: plan.json is a plan of web.yml, not of db.yml\n")
            #expect(read(directory, for: ["web1", "web2", "web3"]).contains("has no plan for web2 and 1 more hosts"))
            _ = try await runChild(["chmod", "666", "\(directory)/plan.json"])
            #expect(read(directory).hasPrefix("baton: plan.json may be written by others"))
        }
    }

    @Test(arguments: [
        "", "{", "[]", #"{"schema":"baton.plan/2","playbook":"web.yml","hosts":[]}"#,
        #"{"schema":"baton.plan/1","hosts":[]}"#, #"{"schema":"baton.plan/1","playbook":"web.yml"}"#,
        #"{"schema":"baton.plan/1","playbook":"web.yml","hosts":[{"digest":"a"}]}"#,
    ])
    func `what is no plan is told so`(text: String) async throws {
        try await withDirectory { directory in
            try Files.write(Array(text.utf8), to: "\(directory)/plan.json")
            #expect(read(directory).hasPrefix("plan.json"), "\(read(directory))")
        }
    }
}
