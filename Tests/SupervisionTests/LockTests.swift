import HostSide
import Reactor
import Supervision
import TestSupport
import Testing

/// One change of a service at a time, whatever it is called, and whatever the disk has room for.
@Suite struct LockTests {
    private static let shells = HostShell.present

    /// Has a process that runs hold the lock of a service; the place ends it.
    private static func hold(_ name: String, _ place: ProcedurePlace) async throws {
        let held = try await place.shell(
            """
            mkdir -p 'run/services/\(name)'; chmod 700 'run/services/\(name)'
            read -r boot </proc/sys/kernel/random/boot_id
            sleep 1000 </dev/null >/dev/null 2>&1 &
            set -- $! $(cut -d' ' -f22 /proc/$!/stat); echo "$1" >'fake/\(name).pid'
            echo 'restart, by ann, since 2026-01-02T03:04:05Z' >"run/services/\(name)/claim-$1-$2-$boot"
            : >"run/services/\(name)/lock-$1-$2-$boot"
            """
        )
        #expect(held.succeeded)
    }

    private static func letGo(_ name: String, _ place: ProcedurePlace) async throws {
        _ = try await place.shell(
            "read -r p <fake/\(name).pid; kill $p; while kill -0 $p 2>/dev/null; do sleep 0.1; done; rm fake/\(name).pid"
        )
    }

    @Test(arguments: shells)
    func `one at a time, and a lock of nobody is no lock`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"])
            try await Self.hold("web", place)
            let refused = try await place.verb(.start)
            #expect(refused.end == .failed(status: ServicePrograms.busyStatus))
            #expect(
                refused.errors == "web is being changed already: restart, by ann, since 2026-01-02T03:04:05Z\n"
            )
            #expect(try await place.look().busy == "restart, by ann, since 2026-01-02T03:04:05Z")
            #expect(place.read("fake/asked") == "")
            // Its process is gone; the number may be somebody else's by now, or it is from before the last boot.
            try await Self.letGo("web", place)
            #expect(try await place.look().busy == nil)
            #expect(try await place.verb(.start).end == .done)
            let others = try await place.shell(
                """
                read -r boot </proc/sys/kernel/random/boot_id; cd run/services/web
                for claim in 1-1-$boot "$$-$(cut -d' ' -f22 /proc/$$/stat)-0000"; do : >"claim-$claim"; : >"lock-$claim"; done
                """
            )
            #expect(others.succeeded)
            #expect(try await place.verb(.restart).end == .done)
            #expect(Files.list("\(place.path)/run/services") == [])
        }
    }

    @Test(arguments: shells)
    func `a name that is typed otherwise, or that of a member, has the same lock`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0.service", "web@1.service"])
            try await Self.hold("web", place)
            for name in ["web@1.service", "web@1", "web.target"] {
                let refused = try await place.unitVerb(.restart, name)
                #expect(refused.end == .failed(status: ServicePrograms.busyStatus), "\(name): \(refused)")
                #expect(refused.errors.hasPrefix("web is being changed already"), "\(name)")
                #expect(try await place.look(.unit(name, .systemd)).busy != nil, "\(name)")
            }
            // What is another service's member by name only is not.
            try await Self.hold("nginx", place)
            for name in ["nginx", "nginx.service"] {
                let refused = try await place.unitVerb(.restart, name)
                #expect(refused.errors.hasPrefix("nginx is being changed already"), "\(name): \(refused)")
            }
            #expect(try await place.unitVerb(.start, "web@2").end == .done)
            #expect(place.read("fake/asked") == "start web@2.service\n")
            // And its journal is the service's.
            try await Self.letGo("web", place)
            _ = try await place.shell("rm -rf run/services/web")
            #expect(try await place.unitVerb(.start, "web@1").end == .done)
            #expect(place.read("var/services/web/journal").contains("start web@1.service"))
        }
    }

    @Test(arguments: shells)
    func `who has laid down a claim and not yet looked around is passed by nobody`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"])
            // The first one waits between its claim and its look.
            let waits = """
                mv() {
                    command mv "$@" || return
                    case $* in *claim-*) : >"$b_fake/claimed"; while [ -e "$b_fake/claimed" ]; do sleep 0.1; done ;; esac
                }

                """
            let script = ServicePrograms.script(.start, .service("web"), text: place.fake + waits)
            try place.write("program", ProcedureEnd.program(place.operation(script), round: 1))
            let words = place.shell.words.joined(separator: " ")
            _ = try await place.shell(
                "setsid \(words) -c 'eval \"$(cat program)\"' </dev/null >out 2>err & until [ -e fake/claimed ]; do sleep 0.1; done"
            )
            let second = try await place.verb(.start, round: 2)
            #expect(second.end == .failed(status: ServicePrograms.busyStatus), "\(second)")
            #expect(second.errors == "the lock of web cannot be had: somebody else is changing it\n")
            _ = try await place.shell(
                "rm fake/claimed; until grep -q ' end ' var/services/web/journal 2>/dev/null; do sleep 0.1; done"
            )
            #expect(place.read("var/services/web/journal").contains(" running web@0 "), "\(place.read("err"))")
            #expect(place.read("fake/asked") == "start web@0\n")
        }
    }

    @Test(arguments: shells)
    func `what stops goes on where nothing can be written any more`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"], more: "post_stop : >'\(place.path)/fake/after'\npost_stop_in /\n")
            #expect(try await place.verb(.start).end == .done)
            _ = try await place.shell("mv var var-before; : >var")
            let stopped = try await place.verb(.stop)
            #expect(stopped.end == .done && stopped.lines.contains("stopped web@0"), "\(stopped)")
            #expect(
                stopped.errors.hasPrefix(
                    "nothing can be written into \(place.path)/var/services/web (is the disk full?)"
                )
            )
            #expect(Files.list("\(place.path)/fake").contains("after"))
            #expect(ProcedureEnd.lines(place.read("run/services/web/journal")).last == "end 0")
            #expect(try await place.look().unfinished == nil)
            // There is room again: the journal is where it was.
            _ = try await place.shell("rm var; mv var-before var")
            #expect(try await place.verb(.start).end == .done)
            #expect(ProcedureEnd.lines(place.read("var/services/web/journal")).first == "begin start")
            #expect(!Files.list("\(place.path)/run/services/web").contains("journal"))
        }
    }

    @Test(arguments: shells)
    func `a journal goes on elsewhere where the disk becomes full on the way`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"])
            #expect(try await place.verb(.start).end == .done)
            try place.write(
                "fake/more",
                """
                baton_systemd_stop() {
                    mv '\(place.path)/var' '\(place.path)/var-before'; : >'\(place.path)/var'
                    read -r b_fake_pid <"$b_fake/$1.pid"; kill "$b_fake_pid"; : >"$b_fake/$1.pid"
                }

                """
            )
            let stopped = try await place.verb(.stop)
            #expect(stopped.end == .done, "\(stopped)")
            #expect(
                ProcedureEnd.lines(place.read("run/services/web/journal")) == ["begin stop", "stopped web@0", "end 0"]
            )
            #expect(try await place.look().unfinished == nil)
        }
    }
}
