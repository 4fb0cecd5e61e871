import Handover
import HostSide
import Reactor
import TestSupport
import Testing

/// As whom things are done: a service's own user, wherever that suffices.
@Suite struct SignalTests {
    private static let order = """
        b_self_uid=0 b_order_uid=65534 b_order_gid=65534 b_order_user=nobody b_order_nonce=aa

        """

    private static func run(_ shell: HostShell, _ text: String) async throws -> ChildResult {
        try await withDirectory { directory in
            try await shell.run(Mutant.text(HandoverProgram.library) + order + text, in: directory)
        }
    }

    @Test(.enabled(if: Surroundings.isRoot, "needs root"), arguments: HostShell.present.filter { $0 != .applets })
    func `a signal meant for the service cannot reach root's processes`(shell: HostShell) async throws {
        let text = #"""
            sleep 100 &
            mine=$!
            setpriv --reuid 65534 --regid 65534 --clear-groups sleep 100 &
            theirs=$!
            until baton_uid "$theirs" && [ "$b_uid" = 65534 ]; do baton_nap; done
            baton_strike TERM "$mine" 65534 && echo sent || echo refused
            baton_strike TERM "$theirs" 65534 && echo sent || echo refused
            kill -s 0 "$mine" && echo alive
            wait "$theirs"
            echo "$?"
            kill "$mine"
            """#
        let result = try await Self.run(shell, text)
        #expect(result.output == "refused\nsent\nalive\n143\n", "\(result.errors)")
    }

    @Test(.enabled(if: Surroundings.isRoot, "needs root"), arguments: HostShell.present.filter { $0 != .applets })
    func `a link in the service's directory does not lead root to other files`(shell: HostShell) async throws {
        let text = #"""
            chmod 711 .
            mkdir theirs precious
            echo 1 >precious/web.pid.2
            chown 65534:65534 theirs
            ln -s ../precious theirs/run
            echo 1 >theirs/web.pid.2
            chown -h 65534:65534 theirs/run theirs/web.pid.2
            baton_as_service 'rm -f -- "$1"' "$PWD/theirs/run/web.pid.2" 2>/dev/null
            baton_as_service 'rm -f -- "$1"' "$PWD/theirs/web.pid.2"
            ls precious theirs | tr '\n' ' '
            """#
        let result = try await Self.run(shell, text)
        #expect(result.output == "precious: web.pid.2  theirs: run ", "\(result.errors)")
    }
}
