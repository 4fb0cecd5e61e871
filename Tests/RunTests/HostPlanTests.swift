import Events
import HostSide
import Playbook
import Testing

@testable import Run

/// Plans, diffs, pauses, and tasks that run once for all hosts.
@Suite struct HostPlanTests {
    // MARK: Plans

    @Test func `a plan looks and sends nothing that changes`() {
        var stage = Stage(.plan) { script in
            script.directory("/srv")
            script.file("/srv/a", "a") { $0.outline.register = "conf" }
            script.run("reload") {
                $0.needs = ["conf"]
                $0.condition = { $0["conf"]!.changed }
            }
            script.add("check", CheckWork())
            script.add("pause", PauseWork())
        }
        stage.directories = ["/srv"]
        stage.play()
        #expect(stage.log == ["look /srv /srv/a"])
        #expect(stage.statuses == ["1 ok", "2 changed", "3 changed", "4 ok", "5 ok"])
        #expect(!stage.results.contains { !$0.isPlanned })
        #expect(stage.result(5)?.note == "waits 1 s")
        #expect(stage.progress.planned.map(\.steps.count) == [3])
        #expect(stage.progress.isComplete)
    }

    @Test func `what depends on a result that only the run will know is unknown`() {
        var stage = Stage(.plan) { script in
            script.run("version") { $0.outline.register = "version" }
            script.file("/etc/a", "a") { $0.needs = ["version"] }
            script.file("/etc/b", "b")
        }
        stage.directories = ["/etc/b"]
        stage.play()
        #expect(stage.statuses == ["1 changed", "2 unknown", "3 unknown"])
        #expect(stage.result(2)?.note == "depends on version, which is known only when it runs")
        #expect(
            stage.result(3)?.note == "depends on what earlier tasks do: as it is now, /etc/b is a directory"
        )
    }

    @Test func `a plan that cannot be carried out says where it ends`() {
        var stage = Stage(.plan) { script in
            script.file("/etc/a", "a")
            script.file("/etc/b", "b")
            script.file("/etc/c", "c")
        }
        stage.directories = ["/etc/b"]
        stage.play()
        #expect(stage.statuses == ["1 changed", "2 failed"])
        #expect(stage.progress.failure?.problem.kind == "in_the_way")
    }

    @Test func `a digest is the same for the same plan and another for another`() {
        func digest(_ files: [String: String], wanted: String = "a", line: String = "one") -> String {
            var stage = Stage(.plan) { script in
                script.file("/etc/a", wanted)
                script.run(line)
            }
            stage.files = files
            stage.play()
            return stage.progress.planDigest.sum
        }
        let first = digest(["/etc/a": "old"])
        #expect(first == digest(["/etc/a": "old"]))
        let others = [
            digest(["/etc/a": "other"]), digest(["/etc/a": "a"]), digest([:]), digest(["/etc/a": "old"], wanted: "b"),
            digest(["/etc/a": "old"], line: "two"),
        ]
        #expect(Set(others + [first]).count == 6)
    }

    @Test func `of a task with secrets what the plan shows counts, and what everybody may know`() {
        struct Shown: Work {
            var looks: [Look] { [.path("/etc/a", hashing: .always)] }
            var writtenOpenly: [String]
            func decide(_ seen: Sightings) -> Decision { .none() }
        }
        func digest(new: String, old: String = "old", open: String = "x", secret: String = "s", isSeen: Bool = true)
            -> String
        {
            let script = HostScript(libraries: [], parts: [], text: secret, call: ["apply"])
            var change = Change(.script(script), words: ["definition"], paths: ["/etc/a"])
            let content = isSeen ? Look.content("/etc/a", limit: 10) : nil
            change.differences = [.init(path: "/etc/a", old: content, new: Array(new.utf8))]
            let work = Shown(writtenOpenly: [open])
            let task = ResolvedTask(number: 1, name: "t", account: .standard, work: work, isTainted: true)
            let state = PathState(.file, size: 3, sha256: old)
            var digest = PlanDigest()
            digest.add(TaskOutline(number: 1, name: "t", kind: "service"), change, task, [work.looks[0]: .path(state)])
            return digest.sum
        }
        let first = digest(new: "a")
        #expect(first == digest(new: "a", secret: "another"))
        #expect(Set([first, digest(new: "b"), digest(new: "a", old: "other"), digest(new: "a", open: "y")]).count == 4)
        // An old content that is not shown may have been a secret.
        #expect(digest(new: "a", isSeen: false) == digest(new: "a", old: "other", isSeen: false))
    }

    // MARK: Diffs

    @Test(arguments: [HostProgress<Script>.Mode.plan, .change])
    func `old contents are read for those that differ, all at once and only when wanted`(
        _ mode: HostProgress<Script>.Mode
    ) {
        var stage = Stage(mode, diffs: true) { script in
            script.file("/etc/a", "a")
            script.file("/etc/b", "b")
            script.file("/etc/c", "c")
            script.file("/etc/d", "d")
        }
        stage.files = ["/etc/a": "old", "/etc/b": "b", "/etc/d": "older"]
        stage.play()
        let applied = mode == .plan ? [] : ["apply standard +/etc/a +/etc/c +/etc/d"]
        #expect(stage.log == ["look /etc/a /etc/b /etc/c /etc/d", "look content:/etc/a content:/etc/d"] + applied)
        #expect(
            stage.results.map(\.diff) == ["/etc/a: old -> a", nil, "/etc/c: nothing -> c", "/etc/d: older -> d"]
        )
    }

    // MARK: Pauses

    @Test func `what comes after a pause is looked at after it`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.add("pause", PauseWork())
            script.file("/etc/b", "b")
        }
        stage.play()
        #expect(
            stage.log == [
                "look /etc/a /etc/b", "apply standard +/etc/a", "pause 2", "look /etc/b", "apply standard +/etc/b",
            ]
        )
        #expect(stage.statuses == ["1 changed", "2 ok", "3 changed"])
    }

    // MARK: Once

    private func once(_ write: (inout Script) -> Void = { _ in }) -> Stage {
        Stage { script in
            script.file("/etc/a", "a")
            script.run("migrate") {
                $0.outline.isOnce = true
                $0.outline.register = "migration"
            }
            script.run("after") {
                $0.needs = ["migration"]
                $0.condition = { $0["migration"]!.changed }
            }
            write(&script)
        }
    }

    @Test func `whoever has it runs it in its order and tells what became of it`() {
        var stage = once()
        stage.play()
        #expect(stage.log == ["look /etc/a", "claim 2", "apply standard +/etc/a !migrate", "apply standard !after"])
        #expect(stage.statuses == ["1 changed", "2 changed", "3 changed"])
        let settled = stage.progress.takeSettledOnces(host: "web1")
        #expect(settled.map(\.number) == [2])
        #expect(settled.first?.result.status == .changed)
        #expect(settled.first?.result.host == "web1")
        #expect(stage.progress.takeSettledOnces(host: "web1").isEmpty)
        #expect(stage.progress.takeReleasedOnces().isEmpty)
    }

    @Test func `the others do what comes before it, wait, and have its result`() {
        var stage = once()
        stage.play(until: { if case .claim = $0 { true } else { false } })
        stage.progress.claimed(2, .taken)
        stage.play()
        #expect(stage.log == ["look /etc/a", "apply standard +/etc/a", "follow 2"])
        stage.progress.claimed(
            2,
            .settled(OnceResult(host: "web1", status: .changed, outcome: TaskOutcome(changed: true)))
        )
        stage.play()
        #expect(stage.log.suffix(1) == ["apply standard !after"])
        #expect(stage.statuses == ["1 changed", "2 skipped", "3 changed"])
        #expect(stage.result(2)?.note == "once for all hosts: ran on web1")
    }

    @Test func `one that failed where it ran fails for all`() {
        var stage = once()
        stage.play(until: { if case .claim = $0 { true } else { false } })
        stage.progress.claimed(
            2,
            .settled(OnceResult(host: "web1", status: .failed, outcome: TaskOutcome(failed: true)))
        )
        stage.play()
        #expect(stage.statuses == ["1 changed", "2 failed"])
        #expect(stage.progress.failure?.problem.message == "it runs once for all hosts, and failed on web1")
    }

    @Test func `one that was given up by its host is taken over`() {
        var stage = once()
        stage.play(until: { if case .claim = $0 { true } else { false } })
        stage.progress.claimed(2, .taken)
        stage.play()
        stage.progress.claimed(2, .leads)
        stage.play()
        #expect(stage.log.suffix(2) == ["apply standard !migrate", "apply standard !after"])
    }

    @Test func `a host that fails before it gives it up`() {
        var stage = Stage { script in
            script.run("fail")
            script.run("migrate") { $0.outline.isOnce = true }
        }
        stage.commands["fail"] = { _ in 1 }
        stage.play()
        #expect(stage.log == ["claim 2", "apply standard !fail !migrate"])
        #expect(stage.progress.takeSettledOnces(host: "web1").isEmpty)
        #expect(stage.progress.takeReleasedOnces() == [2])
    }
}
