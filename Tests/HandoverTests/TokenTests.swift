import Handover
import HostSide
import Reactor
import TestSupport
import Testing

/// The token, the lease and the word of the controller, as functions of the program in every shell that hosts have.
@Suite struct TokenTests {
    private static let nonce = "0123456789abcdef"

    /// The library, its order read, in a directory of its own; `text` follows.
    private static func run(
        _ shell: HostShell,
        _ text: String,
        _ body: (ChildResult, String) throws -> Void
    ) async throws {
        try await withDirectory { directory in
            let order = HandoverOrder(
                nonce: nonce,
                profile: .gunicorn,
                old: HandoverOrder.Identity(pid: 100, start: 1, boot: "aa.1"),
                uid: 0,
                gid: 0,
                user: "root",
                pidFile: "\(directory)/pid",
                flips: [],
                workers: 1,
                check: Check(.tcp(host: "127.0.0.1", port: 1), timeout: .seconds(1))
            )
            for file in try order.files() { try Files.write(Array(file.text.utf8), to: "\(directory)/\(file.name)") }
            let start = "baton_sync() { :; }\nbaton_order\nbaton_boot\nbaton_now\n"
            let result = try await shell.run(Mutant.text(HandoverProgram.library) + start + text, in: directory)
            try body(result, directory)
        }
    }

    @Test(arguments: HostShell.present) func `of two that want the token one gets it`(shell: HostShell) async throws {
        let text = #"""
            n=0
            while [ "$n" -lt 40 ]; do
                n=$((n + 1))
                : >"./armed.$b_order_nonce"
                (baton_claim armed firing && echo firing >>won) &
                (baton_claim armed retiring && echo retiring >>won) &
                wait
                ls | grep -c -e '^firing\.' -e '^retiring\.' >>left
                rm -f ./firing.* ./retiring.*
            done
            echo $(wc -l <won) $(sort -u left)
            """#
        try await Self.run(shell, text) { result, _ in
            #expect(result.output == "40 1\n", "\(result.output)\(result.errors)")
        }
    }

    @Test(arguments: HostShell.present) func `a lease holds for its boot, its epoch and its time`(
        shell: HostShell
    ) async throws {
        let text = #"""
            lease() { echo "$1" >lease; baton_lease; [ "$b_left" -gt 0 ] && echo yes || echo no; }
            lease "$((b_now + 100)) $b_boot 1 me"
            lease "$((b_now - 100)) $b_boot 1 me"
            lease "$((b_now + 100)) other 1 me"
            lease "$((b_now + 100)) $b_boot 2 another"
            lease "99999999999999999999 $b_boot 1 me"
            lease "1\$(touch broken) $b_boot 1 me"
            lease ""
            rm lease; baton_lease; echo "$b_left"
            """#
        try await Self.run(shell, text) { result, directory in
            #expect(result.output == "yes\nno\nno\nno\nno\nno\nno\n0\n", "\(result.output)\(result.errors)")
            #expect(!Files.exists("\(directory)/broken"))
        }
    }

    @Test(arguments: HostShell.present) func `whoever was fenced off changes nothing`(shell: HostShell) async throws {
        let text = #"""
            try() { (baton_role_renew "$@") >/dev/null 2>said && echo yes || cat said; }
            try 60 3 me
            try 60 3 another
            try 60 2 me
            try 60 4 another
            try 60 3 me
            try 99999 4 another
            try x 4 another
            """#
        try await Self.run(shell, text) { result, _ in
            #expect(
                result.output == """
                    yes
                    the lease belongs to me
                    fenced: epoch 2 is over, me holds 3
                    yes
                    fenced: epoch 3 is over, another holds 4
                    the lease is no lease
                    the lease is no lease

                    """,
                "\(result.errors)"
            )
        }
    }

    @Test(arguments: HostShell.present) func `only what waits for it is confirmed`(shell: HostShell) async throws {
        let text = #"""
            confirmed() { (baton_role_confirm "$@") >/dev/null 2>said; [ -e "./confirm.$b_order_nonce" ] && echo yes || echo no; }
            : >"./armed.$b_order_nonce"
            echo "alone 1 solo" >state
            (baton_role_renew 60 1 me) >/dev/null
            confirmed "$b_order_nonce" 1
            echo "proven 1 solo" >state
            confirmed fedcba9876543210 1
            confirmed "$b_order_nonce" 0
            echo "1 $b_boot 1 me" >lease
            confirmed "$b_order_nonce" 1
            (baton_role_renew 60 1 me) >/dev/null
            mv "./armed.$b_order_nonce" "./firing.$b_order_nonce"
            confirmed "$b_order_nonce" 1
            mv "./firing.$b_order_nonce" "./armed.$b_order_nonce"
            confirmed "$b_order_nonce" 1
            """#
        try await Self.run(shell, text) { result, _ in
            #expect(result.output == "no\nno\nno\nno\nno\nyes\n", "\(result.output)\(result.errors)")
        }
    }

    @Test(arguments: HostShell.present) func `an order is never run`(shell: HostShell) async throws {
        let text = #"""
            ok() { cp order order.good; printf '%s\n' "$1" >>order; (baton_order) 2>said && echo yes || cat said; mv order.good order; }
            ok 'user $(touch broken)'
            ok 'x;touch broken; true'
            ok 'PATH /tmp'
            ok 'upgrade USR2;touch broken'
            ok 'old 1 2;3 x'
            ok 'want many'
            """#
        try await Self.run(shell, text) { result, directory in
            #expect(!Files.exists("\(directory)/broken"))
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 6 && lines.first == "yes", "\(result.output)")
            #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("the order ") }, "\(result.output)")
        }
    }

    @Test(arguments: HostShell.present)
    func `after a boot in the middle the token says which release starts`(shell: HostShell) async throws {
        for (token, outcome, link) in [
            ("armed", "undone", "one"), ("firing", "undone", "one"), ("retiring", "committed", "two"),
        ] {
            let text = """
                printf 'flip link\\t%s\\ttwo\\tone\\n' "$PWD/current" >>order
                ln -s \(token == "retiring" ? "one" : "two") current
                : >"./\(token).$b_order_nonce"
                baton_heal
                baton_heal
                head -n 1 verdict | cut -d' ' -f1
                readlink current
                """
            try await Self.run(shell, text) { result, _ in
                #expect(result.output == "\(outcome)\n\(link)\n", "\(token): \(result.output)\(result.errors)")
            }
        }
    }
}
