import Events
import HostSide
import Playbook
import Testing

@testable import Run

/// The way of one host through its tasks, step by step, without a host.
@Suite struct HostProgressTests {
    // MARK: Windows

    @Test func `what is as it should be costs one look and nothing more`() {
        var stage = Stage { script in
            script.directory("/srv")
            script.file("/srv/a", "a")
            script.file("/srv/b", "b")
        }
        stage.directories = ["/srv"]
        stage.files = ["/srv/a": "a", "/srv/b": "b"]
        stage.play()
        #expect(stage.log == ["look /srv /srv/a /srv/b"])
        #expect(stage.statuses == ["1 ok", "2 ok", "3 ok"])
    }

    @Test func `only differences are carried out, in one program`() {
        var stage = Stage { script in
            script.directory("/srv")
            script.file("/srv/a", "a")
            script.file("/etc/b", "b")
        }
        stage.files = ["/etc/b": "b"]
        stage.play()
        #expect(stage.log == ["look /etc/b /srv /srv/a", "apply standard +/srv +/srv/a"])
        #expect(stage.statuses == ["1 changed", "2 changed", "3 ok"])
        #expect(stage.result(2)?.changes == ["created"])
    }

    @Test func `a condition on a file's result costs no exchange of its own`() {
        for isThere in [true, false] {
            var stage = Stage { script in
                script.file("/etc/a", "a") { $0.outline.register = "conf" }
                script.run("reload") {
                    $0.needs = ["conf"]
                    $0.condition = { $0["conf"]!.changed }
                }
            }
            if isThere { stage.files = ["/etc/a": "a"] }
            stage.play()
            #expect(stage.log == ["look /etc/a"] + (isThere ? [] : ["apply standard +/etc/a !reload"]))
            #expect(stage.statuses == (isThere ? ["1 ok", "2 skipped"] : ["1 changed", "2 changed"]))
        }
    }

    @Test func `a condition on a command's result ends the program there`() {
        var stage = Stage { script in
            script.run("version") { $0.outline.register = "version" }
            script.file("/etc/a", "a") {
                $0.needs = ["version"]
                $0.condition = { $0["version"]!.status! == 0 }
            }
        }
        stage.play()
        #expect(stage.log == ["apply standard !version", "look /etc/a", "apply standard +/etc/a"])
        #expect(stage.statuses == ["1 changed", "2 changed"])
    }

    @Test func `facts are asked for before anything is looked at, and only if a task needs them`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.file("/etc/b", "b") { $0.needs = ["facts"] }
        }
        stage.play()
        #expect(stage.log == ["facts", "look /etc/a /etc/b", "apply standard +/etc/a +/etc/b"])
    }

    @Test func `a name that a later task gives again is not known from the earlier one`() {
        var stage = Stage { script in
            script.file("/etc/a", "a") { $0.outline.register = "it" }
            script.run("one") { $0.outline.register = "it" }
            script.file("/etc/b", "b") {
                $0.needs = ["it"]
                $0.condition = { $0["it"]!.status != nil }
            }
        }
        stage.play()
        #expect(stage.log == ["look /etc/a", "apply standard +/etc/a !one", "look /etc/b", "apply standard +/etc/b"])
        #expect(stage.statuses == ["1 changed", "2 changed", "3 changed"])
    }

    // MARK: What earlier steps may have changed

    @Test func `after a command, what was found right is looked at again in the same program`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.run("spoil")
            script.file("/etc/b", "b")
            script.file("/etc/c", "c")
        }
        stage.files = ["/etc/a": "a", "/etc/b": "b", "/etc/c": "c"]
        stage.play()
        #expect(stage.log == ["look /etc/a /etc/b /etc/c", "apply standard !spoil ?/etc/b,/etc/c"])
        #expect(stage.statuses == ["1 ok", "2 changed", "3 ok", "4 ok"])
    }

    @Test func `what a command has spoilt is put right in the same run`() {
        var stage = Stage { script in
            script.run("spoil")
            script.file("/etc/b", "b")
            script.file("/etc/c", "c")
        }
        stage.files = ["/etc/b": "b", "/etc/c": "c"]
        stage.commands["spoil"] = { stage in
            stage.files["/etc/c"] = "spoilt"
            return 0
        }
        stage.play()
        #expect(
            stage.log == [
                "look /etc/b /etc/c", "apply standard !spoil ?/etc/b,/etc/c", "look /etc/b /etc/c",
                "apply standard +/etc/c",
            ]
        )
        #expect(stage.statuses == ["1 changed", "2 ok", "3 changed"])
        #expect(stage.files["/etc/c"] == "c")
    }

    @Test func `after a typed change only related paths are looked at again`() {
        var stage = Stage { script in
            script.file("/srv/a", "a")
            script.file("/srv/a/below", "x")
            script.directory("/srv")
            script.file("/etc/b", "b")
            script.file("/srv/abc", "c")
        }
        stage.directories = ["/srv"]
        stage.files = ["/srv/a/below": "x", "/etc/b": "b", "/srv/abc": "c"]
        stage.play()
        #expect(
            stage.log == [
                "look /etc/b /srv /srv/a /srv/a/below /srv/abc", "apply standard +/srv/a ?/srv/a/below,/srv",
            ]
        )
        #expect(stage.statuses == ["1 changed", "2 ok", "3 ok", "4 ok", "5 ok"])
    }

    @Test func `a command with a condition of its own is sent with it when its sighting may be old`() {
        var stage = Stage { script in
            script.run("remove it")
            script.add("run", CreatingWork(line: "make it", creates: "/srv/it"))
        }
        stage.files = ["/srv/it": "it"]
        stage.commands["remove it"] = { stage in
            stage.files["/srv/it"] = nil
            return 0
        }
        stage.play()
        #expect(stage.log == ["look /srv/it", "apply standard !remove it !make it"])
        #expect(stage.statuses == ["1 changed", "2 changed"])
    }

    @Test func `what is impossible as it was seen is looked at again when something may have made it possible`() {
        var stage = Stage { script in
            script.run("clear")
            script.file("/srv/a", "a")
        }
        stage.directories = ["/srv/a"]
        stage.commands["clear"] = { stage in
            stage.directories = []
            return 0
        }
        stage.play()
        #expect(stage.log == ["look /srv/a", "apply standard !clear", "look /srv/a", "apply standard +/srv/a"])
        #expect(stage.statuses == ["1 changed", "2 changed"])
    }

    // MARK: Stale

    @Test func `what somebody else changed meanwhile is looked at again from there`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.file("/etc/b", "b")
        }
        stage.meddle = { stage, count in if count == 0 { stage.files["/etc/b"] = "other" } }
        stage.play()
        #expect(
            stage.log == [
                "look /etc/a /etc/b", "apply standard +/etc/a +/etc/b", "look /etc/b", "apply standard +/etc/b",
            ]
        )
        #expect(stage.statuses == ["1 changed", "2 changed"])
        #expect(stage.result(2)?.changes == ["content"])
    }

    @Test func `what something else changes again and again is given up`() {
        var stage = Stage { script in script.file("/etc/a", "a") }
        stage.meddle = { stage, count in stage.files["/etc/a"] = "other \(count)" }
        stage.play()
        #expect(stage.log.count == 6)
        #expect(stage.statuses == ["1 failed"])
        #expect(stage.progress.failure?.problem.kind == "changing")
    }

    @Test func `results that were foreseen are forgotten when it came otherwise`() {
        var stage = Stage { script in
            script.file("/etc/a", "a") { $0.outline.register = "conf" }
            script.run("reload") {
                $0.needs = ["conf"]
                $0.condition = { $0["conf"]!.changed }
            }
        }
        // Somebody else writes the very same just before.
        stage.meddle = { stage, count in if count == 0 { stage.files["/etc/a"] = "a" } }
        stage.play()
        #expect(stage.log == ["look /etc/a", "apply standard +/etc/a !reload", "look /etc/a"])
        #expect(stage.statuses == ["1 ok", "2 skipped"])
    }

    // MARK: Accounts and uploads

    @Test func `another account is another program`() {
        var stage = Stage { script in
            script.file("/etc/a", "a") { $0.account = .become("root") }
            script.file("/home/b", "b") { $0.account = .login }
            script.file("/home/c", "c") { $0.account = .login }
            script.file("/etc/d", "d") { $0.account = .become("root") }
        }
        stage.play()
        #expect(
            stage.log == [
                "look /etc/a /etc/d /home/b /home/c", "apply root +/etc/a", "apply login +/home/b +/home/c",
                "apply root +/etc/d",
            ]
        )
        #expect(stage.statuses == ["1 changed", "2 changed", "3 changed", "4 changed"])
    }

    @Test func `a file that is uploaded comes after the program that makes its directory`() {
        var stage = Stage(uploads: ["/srv/x/large", "/etc/large"]) { script in
            script.file("/etc/large", "e")
            script.directory("/srv/x")
            script.file("/srv/x/large", "l")
        }
        stage.play()
        #expect(
            stage.log == [
                "look /etc/large /srv/x /srv/x/large", "apply standard +/etc/large +/srv/x",
                "apply standard +/srv/x/large",
            ]
        )
    }

    // MARK: Failures

    @Test func `a failure ends the host's way, and what was done is kept`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.run("fail")
            script.file("/etc/b", "b")
        }
        stage.commands["fail"] = { _ in 3 }
        stage.play()
        #expect(stage.statuses == ["1 changed", "2 failed"])
        #expect(stage.files == ["/etc/a": "a"])
        #expect(stage.result(2)?.problem?.message == "the command ended with status 3")
        #expect(stage.result(2)?.execution?.exit == 3)
        #expect(stage.progress.failure?.number == 2)
    }

    @Test func `an ignored failure does not end it, and a later condition sees it`() {
        var stage = Stage { script in
            script.run("fail") {
                $0.outline.ignoresErrors = true
                $0.outline.register = "it"
            }
            script.run("mend") {
                $0.needs = ["it"]
                $0.condition = { $0["it"]!.failed }
            }
        }
        stage.commands["fail"] = { _ in 1 }
        stage.play()
        #expect(stage.log == ["apply standard !fail", "apply standard !mend"])
        #expect(stage.statuses == ["1 ignored", "2 changed"])
    }

    @Test func `what could not be done, and is ignored, is looked at again by later tasks`() {
        var stage = Stage { script in
            script.file("/etc/a", "a") { $0.outline.ignoresErrors = true }
            script.file("/etc/a", "a")
        }
        stage.directories = ["/etc/a"]
        var looks = 0
        stage.play(until: { action in
            if case .look = action { looks += 1 }
            return looks == 2
        })
        #expect(stage.log == ["look /etc/a"] && stage.statuses == ["1 ignored"])
        // It has been cleared away meanwhile.
        stage.directories = []
        stage.play()
        #expect(stage.statuses == ["1 ignored", "2 changed"] && stage.files == ["/etc/a": "a"])
    }

    @Test func `what cannot be done is a failure before anything after it`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.file("/etc/b", "b")
            script.file("/etc/c", "c")
        }
        stage.directories = ["/etc/b"]
        stage.play()
        #expect(stage.log == ["look /etc/a /etc/b /etc/c", "apply standard +/etc/a"])
        #expect(stage.statuses == ["1 changed", "2 failed"])
    }

    @Test func `failed_when has its word before anything else is done`() {
        var stage = Stage { script in
            script.run("look closely") {
                $0.outline.isJudged = true
                $0.judge = { outcome in
                    var outcome = outcome
                    outcome.failed = outcome.status! == 2
                    return outcome
                }
            }
            script.run("next")
        }
        stage.commands["look closely"] = { _ in 1 }
        stage.play()
        #expect(stage.log == ["apply standard !look closely", "apply standard !next"])
        #expect(stage.statuses == ["1 changed", "2 changed"])

        stage = Stage { script in
            script.run("look closely") {
                $0.outline.isJudged = true
                $0.judge = { outcome in
                    var outcome = outcome
                    outcome.failed = true
                    return outcome
                }
            }
            script.run("next")
        }
        stage.play()
        #expect(stage.log == ["apply standard !look closely"])
        #expect(stage.statuses == ["1 failed"])
        #expect(stage.result(1)?.problem?.message == "its failed_when says so")
    }

    @Test func `what failed_when calls a failure is tried again`() {
        var tries = 0
        var stage = Stage { script in
            script.run("poll") {
                $0.outline.isJudged = true
                $0.outline.retries = 3
                $0.judge = { outcome in
                    var outcome = outcome
                    outcome.failed = outcome.status! != 0
                    return outcome
                }
            }
            script.run("next")
        }
        stage.commands["poll"] = { stage in
            let before = stage.files["/tries"] ?? ""
            stage.files["/tries"] = before + "x"
            return before.count == 2 ? 0 : 1
        }
        stage.play()
        tries = stage.files["/tries"]!.count
        #expect(tries == 3)
        #expect(stage.log.filter { $0 == "rest" }.count == 2)
        #expect(stage.statuses == ["1 changed", "2 changed"])
    }

    @Test func `a link that breaks in a step says which`() {
        var stage = Stage { script in
            script.file("/etc/a", "a")
            script.run("long")
            script.run("never")
        }
        stage.play(until: { if case .apply = $0 { true } else { false } })
        stage.progress.ended(1, StepReport(.done))
        stage.progress.broke(2, .init(kind: "link_lost", message: "the connection broke"))
        stage.play()
        #expect(stage.progress.results.map(\.status) == [.changed, .failed])
        #expect(stage.progress.failure?.number == 2)
        #expect(stage.progress.failure?.problem.kind == "link_lost")
    }

    @Test func `a program that ends without an answer is a failure of the first step without one`() {
        var stage = Stage { script in
            script.run("one")
            script.run("two")
        }
        stage.play(until: { if case .apply = $0 { true } else { false } })
        stage.progress.ended(1, StepReport(.done))
        // Steps that nobody asked for say nothing.
        stage.progress.ended(7, StepReport(.done))
        stage.progress.applied()
        stage.play()
        #expect(stage.progress.failure?.problem.kind == "answer_incomplete")
        #expect(stage.progress.failure?.number == 2)
    }

    @Test func `when nothing more may start, what runs ends and the rest is untouched`() {
        var stage = Stage { script in
            script.run("one") { $0.outline.isJudged = true }
            script.run("two")
        }
        stage.play(until: { if case .apply = $0 { true } else { false } })
        stage.progress.stop()
        stage.progress.ended(1, StepReport(.done))
        stage.progress.applied()
        stage.play()
        #expect(stage.progress.results.map(\.number) == [1])
        #expect(!stage.progress.isComplete)
        #expect(stage.progress.failure == nil)
    }
}
