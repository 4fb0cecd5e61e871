import Events
import HostSide
import Playbook
import Testing

@testable import Run

/// What is tried again, what is ignored, and what a task that did nothing leaves behind.
@Suite struct HostAttemptTests {
    // MARK: Attempts

    @Test func `what failed is begun anew, and its last attempt is the result`() {
        var stage = Stage { script in
            script.run("poll") { $0.outline.retries = 2 }
            script.run("next")
        }
        stage.commands["poll"] = { stage in
            stage.files["/tries", default: ""] += "x"
            return stage.files["/tries"] == "xxx" ? 0 : 1
        }
        stage.play()
        let polls = "apply standard !poll !next"
        #expect(stage.log == [polls, "rest", polls, "rest", polls])
        #expect(stage.statuses == ["1 changed", "2 changed"])
    }

    @Test func `what is ignored is tried as often, and then the host goes on`() {
        var stage = Stage { script in
            script.run("fail") {
                $0.outline.retries = 1
                $0.outline.ignoresErrors = true
            }
            script.run("next")
        }
        stage.commands["fail"] = { _ in 1 }
        stage.play()
        #expect(stage.log == ["apply standard !fail !next", "rest", "apply standard !fail !next"])
        #expect(stage.statuses == ["1 ignored", "2 changed"])
    }

    @Test func `each attempt of a command has its own time, a check has it for all`() {
        var stage = Stage { script in
            script.run("one") {
                $0.outline.retries = 2
                $0.outline.timeout = .seconds(10)
            }
            script.add("check", CheckWork()) {
                $0.outline.retries = 2
                $0.outline.timeout = .seconds(10)
                $0.outline.delay = .seconds(1)
            }
        }
        stage.play(until: { if case .apply = $0 { true } else { false } })
        #expect(stage.progress.deadline(of: 1) == .seconds(10))
        #expect(stage.progress.deadline(of: 2) == .seconds(32))
    }

    @Test func `an attempt that took too long is tried again, and then it is a failure`() {
        for isIgnored in [false, true] {
            var stage = Stage { script in
                script.file("/etc/a", "a")
                script.run("hang") {
                    $0.outline.retries = 1
                    $0.outline.ignoresErrors = isIgnored
                    $0.outline.register = "it"
                }
                script.run("next") {
                    $0.needs = ["it"]
                    $0.condition = { $0["it"]!.status == 124 && $0["it"]!.stdout == [] }
                }
                script.file("/etc/a", "a")
            }
            stage.files["/etc/a"] = "a"
            for _ in 0..<2 {
                var batch: HostProgress<Script>.Batch?
                stage.play(until: {
                    guard case .apply(let next) = $0 else { return false }
                    batch = next
                    return true
                })
                let step = batch!.steps[0].number
                stage.progress.timedOut(step, .init(kind: "timed_out", message: "too long"))
            }
            stage.play()
            let results = stage.progress.results.map { "\($0.number) \($0.status)" }
            #expect(stage.log.filter { $0 == "rest" }.count == 1)
            #expect(results == (isIgnored ? ["1 ok", "2 ignored", "3 changed", "4 ok"] : ["1 ok", "2 failed"]))
            #expect(stage.progress.results[1].problem?.kind == "timed_out")
        }
    }

    // MARK: Uploads

    @Test func `an upload that fails is not blamed on what was not sent`() {
        for isIgnored in [false, true] {
            var stage = Stage(uploads: ["/etc/b"]) { script in
                script.file("/etc/a", "a")
                script.file("/etc/b", "b") { $0.outline.ignoresErrors = isIgnored }
                script.file("/etc/c", "c")
            }
            stage.play(until: { if case .apply = $0 { true } else { false } })
            stage.progress.ended(1, StepReport(.done))
            stage.progress.ended(2, StepReport(.failed(status: 1)))
            stage.progress.applied(2)
            stage.play()
            let results = stage.progress.results.map { "\($0.number) \($0.status)" }
            #expect(results == (isIgnored ? ["1 changed", "2 ignored", "3 changed"] : ["1 changed", "2 failed"]))
            #expect(stage.log.suffix(1) == [isIgnored ? "apply standard +/etc/c" : "look /etc/a /etc/b /etc/c"])
        }
    }

    // MARK: Accounts

    @Test func `sudo that refuses is a failure of the first task that shows it, whatever is ignored`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.file("/etc/b", "b") {
                $0.account = .become("nobody")
                $0.outline.ignoresErrors = true
            }
        }
        stage.play(until: { if case .look = $0 { true } else { false } })
        stage.progress.refused(.become("nobody"), .init(kind: "become_refused", message: "no"))
        #expect(stage.progress.failure?.number == 2)
        #expect(stage.progress.failure?.problem.kind == "become_refused")
    }

    // MARK: Results of what did nothing

    @Test func `a command that had nothing to do has a result with everything in it`() {
        func play(_ isThere: Bool, _ isAsked: Bool, touching: Bool = false) -> [String] {
            var stage = Stage { script in
                if touching { script.run("make it") }
                script.add("run", CreatingWork(line: "install", creates: "/srv/it")) {
                    $0.outline.register = "it"
                    $0.condition = { _ in isAsked }
                }
                script.run("next") {
                    $0.needs = ["it"]
                    $0.condition = { known in
                        let it = known["it"]!
                        return it.skipped && !it.changed && it.status == 0 && it.stdout == [] && it.stderr == []
                    }
                }
            }
            if isThere { stage.files["/srv/it"] = "it" }
            stage.commands["make it"] = { stage in
                stage.files["/srv/it"] = "it"
                return 0
            }
            stage.play()
            return stage.statuses
        }
        #expect(play(true, true) == ["1 ok", "2 changed"])
        #expect(play(false, false) == ["1 skipped", "2 changed"])
        // The host itself finds out.
        #expect(play(false, true, touching: true) == ["1 changed", "2 ok", "3 changed"])
    }

    // MARK: Digests

    @Test func `a digest holds what would be done if a condition were otherwise`() {
        func digest(line: String = "one", written: String = "x", link: String = "me") -> String {
            var stage = Stage(.plan) { script in
                script.add("run", CreatingWork(line: line, creates: "/srv/it"))
                script.run("ask") { $0.outline.register = "it" }
                script.run("later") {
                    $0.needs = ["it"]
                    $0.written = [written]
                }
                script.add("link", LinkingWork(owner: link))
            }
            stage.files["/srv/it"] = "it"
            stage.play()
            return stage.progress.planDigest.sum
        }
        #expect(digest() == digest())
        #expect(Set([digest(), digest(line: "two"), digest(written: "y"), digest(link: "you")]).count == 4)
    }

    @Test func `a digest holds how a file is checked and kept`() {
        func digest(_ change: (inout FileChange) -> Void) -> String {
            var file = FileChange(expected: Expectation(path: "/a", fingerprint: "x"), content: nil, mode: 0o644)
            change(&file)
            var digest = PlanDigest()
            let work = CommandWork(line: "")
            let task = ResolvedTask(number: 1, name: "a", account: .standard, work: work, isTainted: false)
            digest.add(
                TaskOutline(number: 1, name: "a", kind: "file"),
                Change(.file(file), words: [], paths: []),
                task,
                [:]
            )
            return digest.sum
        }
        let plain = digest { _ in }
        #expect(plain != digest { $0.validate = "visudo -c" })
        #expect(plain != digest { $0.backup = true })
    }
}

private struct LinkingWork: Work {
    var owner: String
    var looks: [Look] { [] }
    func decide(_ seen: Sightings) -> Decision {
        let expected = Expectation(path: "/srv/link", fingerprint: "missing")
        let change = LinkChange(expected: expected, target: "it", ownership: Ownership(user: owner))
        return .change(Change(.link(change), words: ["created"], paths: ["/srv/link"]))
    }
}
