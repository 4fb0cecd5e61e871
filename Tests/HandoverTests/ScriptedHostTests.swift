import Handover
import HostSide
import Reactor
import TestSupport
import Testing

/// The conductor on a host that is nothing but files (`shell/kernel.sh`), so that what happens at which look is exact; in
/// every shell that hosts have.
@Suite struct ScriptedHostTests {
    private struct Played {
        let strikes: [String]
        let states: [String]
        let current: String
        let verdict: HandoverVerdict
        let text: String
    }

    private static func order(_ directory: String) -> HandoverOrder {
        var order = HandoverOrder(
            nonce: Takeover.nonce,
            profile: .gunicorn,
            old: HandoverOrder.Identity(pid: 100, start: 1000, boot: "11111111-2222.5"),
            uid: 1000,
            gid: 1000,
            user: "shop",
            pidFile: "\(directory)/server.pid",
            flips: [HandoverOrder.Flip(.link, "\(directory)/current", new: "releases/2", old: "releases/1")],
            workers: 2,
            check: Check(.tcp(host: "127.0.0.1", port: 1), timeout: .seconds(1))
        )
        order.probes = 3
        order.soakSeconds = 10
        return order
    }

    private static func play(
        _ shell: HostShell,
        _ scenario: String = "",
        adjusting: (inout HandoverOrder) -> Void = { _ in },
        reading: (String) throws -> Void = { _ in }
    ) async throws -> Played {
        let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/shell"
        let kernel = String(decoding: try Files.read("\(folder)/kernel.sh"), as: UTF8.self)
        return try await withDirectory { directory in
            var order = order(directory)
            adjusting(&order)
            for file in try order.files() { try Files.write(Array(file.text.utf8), to: "\(directory)/\(file.name)") }
            let text = Mutant.text(HandoverProgram.library) + kernel + scenario + "\nplay\n"
            let result = try await shell.run(text, in: directory)
            let journal = String(decoding: (try? Files.read("\(directory)/journal")) ?? [], as: UTF8.self)
            let lines = result.output.split(separator: "\n").map(String.init)
            let story = "\(shell): \(result.output)\n\(result.errors)\n\(journal)"
            #expect(result.errors == "", "\(story)")
            func line(_ name: String) throws -> String {
                String(try #require(lines.first { $0.hasPrefix(name + " ") }, "\(story)").dropFirst(name.count + 1))
            }
            let verdict = HandoverVerdict.read((try? Files.read("\(directory)/verdict")) ?? [], nonce: order.nonce)
            try reading(directory)
            return Played(
                strikes: try line("strikes").split(separator: ",").map(String.init),
                states: try line("states").split(separator: ",").map(String.init),
                current: try line("current"),
                verdict: try #require(verdict, "\(story)"),
                text: story
            )
        }
    }

    private static let begun = ["armed", "fit", "switched", "doubled", "ready", "seen", "draining", "alone", "proven"]
    private static let returned = ["failing", "code_back", "reviving", "stopping", "repairing", "starting", "returned"]

    @Test(arguments: HostShell.present) func `forward`(shell: HostShell) async throws {
        let played = try await Self.play(shell)
        #expect(played.verdict.outcome == .committed && played.current == "releases/2", "\(played.text)")
        #expect(played.strikes == ["USR2 100", "WINCH 100", "TERM 100"])
        #expect(played.states == Self.begun + ["cleared", "retiring", "promoted", "settled"])
    }

    @Test(arguments: HostShell.present)
    func `a second master that looks like a worker before its exec is never taken for one`(
        shell: HostShell
    ) async throws {
        // Old workers that stay when their master has gone are told to go; the new master must not be among them.
        let scenario = #"""
            server_winch() { kernel_end 101; }
            server_old_ends() {
                kernel_end 100
                rm -f server.pid
                server_promotes=$((kernel_time + 80))
            }
            """#
        let played = try await Self.play(shell, scenario) { order in
            order.overrun = .proceed
            order.profile.drainSeconds = 1
            order.profile.stopSeconds = 2
        }
        #expect(played.verdict.outcome == .committed, "\(played.text)")
        #expect(played.strikes.contains("TERM 102"), "\(played.text)")
        #expect(!played.strikes.contains { $0.hasSuffix(" 200") }, "\(played.text)")
    }

    @Test(arguments: HostShell.present) func `an upgrade that is ignored is not waited for`(shell: HostShell)
        async throws
    {
        let played = try await Self.play(shell, "server_usr2() { :; }")
        #expect(played.verdict.outcome == .undone && played.current == "releases/1", "\(played.text)")
        #expect(played.verdict.because == "the old master has started no second one within 5 s of USR2")
        #expect(played.strikes == ["USR2 100"])
        #expect(played.states == ["armed", "fit", "switched"] + Self.returned)
    }

    @Test(arguments: HostShell.present)
    func `when the new one dies behind the drain, the old one is revived at once`(shell: HostShell) async throws {
        let scenario = #"scenario() { if [ "$b_state" = alone ]; then server_new_ends; fi; }"#
        let played = try await Self.play(shell, scenario)
        #expect(played.verdict.outcome == .undone && played.verdict.serves == .old, "\(played.text)")
        #expect(played.strikes == ["USR2 100", "WINCH 100", "HUP 100"])
        #expect(played.states == Self.begun.dropLast() + Self.returned)
    }

    @Test(arguments: HostShell.present)
    func `when the old one dies by itself, a new one that serves well stays`(shell: HostShell) async throws {
        let scenario = #"scenario() { if [ "$b_state" = alone ] && [ -d "$b_proc/100" ]; then server_old_ends; fi; }"#
        let played = try await Self.play(shell, scenario) { order in order.probes = 8 }
        #expect(played.verdict.outcome == .committed && played.current == "releases/2", "\(played.text)")
        #expect(played.strikes == ["USR2 100", "WINCH 100"])
        #expect(played.states.suffix(6) == ["alone", "widowed", "cleared", "retiring", "promoted", "settled"])
    }

    @Test(arguments: HostShell.present)
    func `when both die, the old release is started`(shell: HostShell) async throws {
        let scenario = #"""
            scenario() { if [ "$b_state" = doubled ]; then server_old_ends; server_new_ends; fi; }
            baton_spawn() {
                readlink current >started
                kernel_process 300 1 5000 800 S 'python gunicorn: master'
                kernel_process 101 300 5001 800 S 'python gunicorn: master'
                echo 300 >server.pid
            }
            """#
        let played = try await Self.play(shell, scenario) { order in order.start = "true" }
        #expect(played.verdict.outcome == .undone && played.verdict.serves == .old, "\(played.text)")
        #expect(played.verdict.because == "the old master has ended by itself, and nobody serves")
        #expect(played.states == ["armed", "fit", "switched", "doubled"] + Self.returned)
        let unstarted = try await Self.play(shell, scenario)
        #expect(unstarted.verdict.outcome == .dirty && unstarted.verdict.serves == .nobody, "\(unstarted.text)")
    }

    @Test(arguments: HostShell.present)
    func `a new one that dies behind the point of no return is replaced by the old release`(
        shell: HostShell
    ) async throws {
        // It dies in the moment in which the old one is told to stop.
        let scenario = #"""
            server_old_ends() {
                for kernel_worker in 101 102; do kernel_end "$kernel_worker"; done
                kernel_end 100
                rm -f server.pid
                server_new_ends
            }
            baton_spawn() {
                kernel_process 300 1 5000 800 S 'python gunicorn: master'
                kernel_process 101 300 5001 800 S 'python gunicorn: master'
                echo 300 >server.pid
            }
            """#
        let played = try await Self.play(shell, scenario) { order in order.start = "true" }
        #expect(played.verdict.outcome == .undone && played.current == "releases/1", "\(played.text)")
        #expect(played.verdict.because == "the new master has ended after the old one was told to stop")
        #expect(!played.strikes.contains("HUP 100"))
    }

    @Test(
        arguments: HostShell.present.prefix(1),
        [HandoverOrder.Overrun.wait, HandoverOrder.Overrun.proceed, HandoverOrder.Overrun.rollback]
    )
    func `a drain that takes too long is waited for, passed over or taken back`(
        shell: HostShell,
        overrun: HandoverOrder.Overrun
    ) async throws {
        let scenario = #"""
            server_winch() { kernel_end 101; server_drained=$((kernel_time + 3000)); }
            scenario() { if [ "${server_drained:-999999}" -le "$kernel_time" ]; then kernel_end 102; fi; }
            """#
        let played = try await Self.play(shell, scenario) { order in
            order.overrun = overrun
            order.profile.drainSeconds = 10
        }
        let states = Set(played.states)
        switch overrun {
        case .wait: #expect(played.verdict.outcome == .committed && states.contains("alone"), "\(played.text)")
        case .proceed: #expect(played.verdict.outcome == .committed && states.contains("mixed"), "\(played.text)")
        case .rollback:
            #expect(played.verdict.outcome == .undone && played.strikes.contains("HUP 100"), "\(played.text)")
        }
    }

    /// gunicorn before 24 drops what comes while five signals wait, and unicorn those that come too fast.
    @Test(arguments: HostShell.present)
    func `G-9: a signal that gets lost is sent again, or done without`(shell: HostShell) async throws {
        let scenario = #"""
            server_winch() { :; }
            server_old_ends() {
                server_told=$((${server_told:-0} + 1))
                if [ "$server_told" -lt 2 ]; then return; fi
                for kernel_worker in 101 102; do kernel_end "$kernel_worker"; done
                kernel_end 100
                rm -f server.pid
                server_promotes=$((kernel_time + 80))
            }
            """#
        let played = try await Self.play(shell, scenario) { $0.profile.stopSeconds = 3 }
        #expect(played.verdict.outcome == .committed && played.current == "releases/2", "\(played.text)")
        #expect(played.strikes == ["USR2 100", "WINCH 100", "TERM 100", "TERM 100"], "\(played.text)")
        #expect(played.states.contains("mixed") && played.states.contains("insisting"), "\(played.text)")
    }

    @Test(arguments: HostShell.present)
    func `without a confirmation it goes back when the lease ends`(shell: HostShell) async throws {
        let played = try await Self.play(shell, "kernel_silent=yes kernel_lease=2500")
        #expect(played.verdict.outcome == .undone, "\(played.text)")
        #expect(played.verdict.because == "the lease ran out: nobody has renewed it")
        #expect(played.strikes == ["USR2 100", "WINCH 100", "HUP 100", "TERM 200"])
    }

    @Test(arguments: HostShell.present) func `a zombie is dead`(shell: HostShell) async throws {
        let scenario = #"""
            server_exec() {
                rm -rf "${b_proc:?}/200"
                printf '101 102 ' >"$b_proc/100/task/100/children"
                kernel_process 200 100 2000 600 S 'python gunicorn: master'
            }
            scenario() {
                if [ "$b_state" = switched ] && [ -n "$b_new" ]; then
                    kernel_process 200 100 2000 600 Z 'python gunicorn: master'
                fi
            }
            """#
        let played = try await Self.play(shell, scenario)
        #expect(played.verdict.because == "the new master 200 has ended", "\(played.text)")
        #expect(played.verdict.outcome == .undone && played.strikes == ["USR2 100"])
    }

    @Test(arguments: HostShell.present.prefix(2))
    func `a number that is somebody else's by now gets no signal`(shell: HostShell) async throws {
        // Between the look and the signal the old master ends, and another process has its number.
        let scenario = #"""
            baton_vow() {
                baton_record "$@"
                case $1:$2 in intend:drain*) kernel_process 100 1 7777 700 S 'python gunicorn: master' ;; esac
            }
            """#
        let played = try await Self.play(shell, scenario) { $0.soakSeconds = 2 }
        #expect(played.strikes.first == "USR2 100" && !played.strikes.contains("WINCH 100"), "\(played.text)")
        #expect(!played.strikes.dropFirst().contains { $0.hasSuffix(" 100") }, "\(played.text)")
    }

    @Test(arguments: HostShell.present.prefix(2))
    func `a process of another user by now gets no signal`(shell: HostShell) async throws {
        let scenario = #"""
            baton_vow() {
                baton_record "$@"
                case $1:$2 in intend:drain*) kernel_uid=0 kernel_process 100 1 1000 500 S 'python gunicorn: master' ;; esac
            }
            """#
        let played = try await Self.play(shell, scenario) { $0.soakSeconds = 2 }
        #expect(!played.strikes.contains("WINCH 100"), "\(played.text)")
        #expect(played.verdict.because.contains("is not what the order says: it runs as user 0"), "\(played.text)")
    }

    @Test(arguments: HostShell.present.prefix(1))
    func `what cannot be ended is handed over with the commands that end it`(shell: HostShell) async throws {
        let scenario = #"""
            server_new_ends() { :; }
            kernel_end() { :; }
            """#
        let played = try await Self.play(shell, scenario + "\nkernel_silent=yes kernel_lease=2500") { order in
            order.profile.drain = nil
        }
        #expect(played.verdict.outcome == .dirty && played.verdict.serves == .both, "\(played.text)")
        #expect(played.verdict.back?.contains("kill -s TERM 200; ") == true, "\(played.text)")
        #expect(played.verdict.forward?.contains("ln -sfn releases/2 ") == true, "\(played.text)")
        #expect(played.verdict.forward?.contains("kill -s TERM 100; ") == true, "\(played.text)")
    }

    @Test(arguments: HostShell.present)
    func `a new master with the old release's libraries in memory is not the new release`(
        shell: HostShell
    ) async throws {
        for (path, isFrozen) in [("/srv/shop/releases/1/venv/x.so", true), ("/srv/shop/releases/10/venv/x.so", false)] {
            let scenario = #"""
                server_workers() {
                    kernel_process 201 200 2001 600 S 'python gunicorn: master'
                    kernel_process 202 200 2002 600 S 'python gunicorn: master'
                    echo '7f00-7f01 r-xp 00000000 08:01 12      \#(path)' >"$b_proc/201/maps"
                }
                """#
            let played = try await Self.play(shell, scenario) { $0.oldRelease = "/srv/shop/releases/1" }
            if isFrozen {
                #expect(played.verdict.outcome == .undone && played.current == "releases/1", "\(played.text)")
                let why = "process 201 of the new release has the old one's venv/x.so in memory"
                #expect(played.verdict.because == why, "\(played.verdict.because)")
                #expect(played.states.starts(with: ["armed", "fit", "switched", "doubled", "failing"]))
            } else {
                #expect(played.verdict.outcome == .committed, "\(played.text)")
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `logs are read before anything is undone, from where they were when it began`(
        shell: HostShell
    ) async throws {
        let scenario = #"""
            printf 'OldError: long ago\n' >server.log
            mkfifo pipe.log
            server_exec() {
                printf 'booting\nImportError: no \033[2J table\n' >>server.log
            }
            baton_flip_all() {
                [ "$1" != old ] || [ -e evidence ] || echo late >>strikes
                ln -sfn "releases/$([ "$1" = new ] && echo 2 || echo 1)" current
            }
            """#
        let played = try await Self.play(shell, scenario) { order in
            let place = String(order.pidFile.dropLast("/server.pid".count))
            order.logs = ["\(place)/server.log", "\(place)/pipe.log", "\(place)/missing.log"]
        } reading: { directory in
            let evidence = HandoverEvidence.read(try Files.read("\(directory)/evidence"))
            #expect(evidence.sources.map(\.name) == ["\(directory)/server.log"])
            #expect(evidence.sources.first?.lines == ["booting", "ImportError: no ?[2J table"])
        }
        #expect(played.verdict.outcome == .undone && !played.strikes.contains("late"), "\(played.text)")
        #expect(played.verdict.said == "ImportError: no ?[2J table", "\(played.text)")
    }

    @Test(arguments: HostShell.present)
    func `the witness counts beside everything, and decides nothing`(shell: HostShell) async throws {
        let scenario = #"""
            baton_ask_witness() {
                witness_turn=$((${witness_turn:-0} + 1))
                case $b_state in
                doubled) echo 'fresh bad 5000 nothing' ;;
                *) echo 'fresh ok 12 x' ;;
                esac
                case $b_state in draining) echo 'kept reset 0' ;; *) echo 'kept ok 3 x' ;; esac
                echo 'fresh ok 99999999999 x'
            }
            """#
        let played = try await Self.play(shell, scenario + "\n: >probe.witness\n") { $0.interval = .milliseconds(200) }
        #expect(played.verdict.outcome == .committed, "\(played.text)")
        #expect(played.verdict.worst == 5000, "\(played.verdict)")
        #expect(played.verdict.badProbes > 0 && played.verdict.badProbes < played.verdict.probes)
        let kept = try #require(played.verdict.kept)
        #expect(kept.bad == 0 && kept.worst == 3 && kept.resets < kept.probes && kept.probes > 10, "\(kept)")
        #expect(played.verdict.probing.hasPrefix("\(played.verdict.badProbes) of "))
    }
}
