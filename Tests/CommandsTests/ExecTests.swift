import Lab
import Reactor
import TestSupport
import Testing

/// `baton exec` as a user runs it: the real binary against real servers.
@Suite struct ExecTests {
    @Test func `equal answers are folded and the odd one is a difference`() async throws {
        try await withWorkplace(hosts: 4) { place in
            for (index, host) in place.hosts.enumerated() {
                let version = index == 2 ? "release 0" : "release 1"
                try Files.write(Array("shop\n\(version)\n".utf8), to: "\(host.home)/VERSION")
            }
            let result = try await place.baton("exec", "-i", place.inventory, "--", "cat", "VERSION")
            #expect(
                result.output == """
                    lab1 lab2 lab4 (3 hosts): exit 0
                      shop
                      release 1
                    lab3: exit 0, differs from the 3 hosts above:
                      - release 1
                      + release 0

                    """
            )
            #expect(result.status == .exited(0))
            #expect(result.errors.hasPrefix("4 hosts: 4 ok in "))
        }
    }

    @Test func `several words are passed exactly and one word is a shell line`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let exact = try await place.baton(
                "exec",
                "-i",
                place.inventory,
                "--",
                "printf",
                "%s|",
                "a b",
                "$HOME",
                "'",
                ""
            )
            #expect(exact.output == "lab1: exit 0\n  a b|$HOME|'||\n")
            let line = try await place.baton("exec", "-i", place.inventory, "--", "echo $((6 * 7)) | tr 4 x")
            #expect(line.output == "lab1: exit 0\n  x2\n")
        }
    }

    @Test func `json is one value and the exit code says that a command failed`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let result = try await place.baton(
                "exec",
                "-i",
                place.inventory,
                "-o",
                "json",
                "--",
                #"printf 'a\377b'; echo oops >&2; [ $BATON_LAB_HOST = lab1 ]"#
            )
            #expect(result.status == .exited(5))
            #expect(result.output.split(separator: "\n").count == 1)
            #expect(result.output.contains(#""outcome":"mixed","exit":5,"touched":2"#))
            #expect(result.output.contains(#"{"host":"lab1","status":"ok","exit":0,"#))
            #expect(result.output.contains(#"{"host":"lab2","status":"failed","exit":1,"#))
            // Bytes that are no text travel a second time.
            #expect(result.output.contains(#""stdout":"a\#u{fffd}b","stderr":"oops\n","stdout_base64":"Yf9i""#))
        }
    }

    @Test func `what a host prints cannot reach the terminal as control codes`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.baton("exec", "-i", place.inventory, "--", #"printf '\033[31mred\007\n'"#)
            #expect(result.output == "lab1: exit 0\n  \\u{1b}[31mred\\u{7}\n")
        }
    }

    @Test func `hosts that cannot be reached are 6 only when nothing ran`() async throws {
        try await withWorkplace(hosts: 2) { place in
            _ = try await place.shell(
                "kill $(cat fleet/hosts/lab2/sshd.pid); while kill -0 $(cat fleet/hosts/lab2/sshd.pid) 2>/dev/null && [ \"$(cut -d' ' -f3 /proc/$(cat fleet/hosts/lab2/sshd.pid)/stat)\" != Z ]; do sleep 0.05; done"
            )
            let both = try await place.baton("exec", "-i", place.inventory, "-o", "json", "--", "true")
            #expect(both.status == .exited(5))
            #expect(both.output.contains(#""outcome":"mixed""#))
            #expect(both.output.contains(#"{"host":"lab2","status":"unreachable","error":{"kind":"refused","#))
            #expect(both.errors.contains("attempt 2 in"))
            #expect(both.errors.contains("unreachable: -l lab2"))
            let alone = try await place.baton("exec", "-i", place.inventory, "-l", "lab2", "-o", "json", "--", "true")
            #expect(alone.status == .exited(6))
            #expect(alone.output.contains(#""outcome":"unreachable","exit":6,"touched":0"#))
        }
    }

    @Test func `an unknown host key is asked for, remembered when accepted, and fatal when changed`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let text = String(decoding: try Files.read(place.inventory), as: UTF8.self)
            let open = text.split(separator: "\n").map { line in
                line.contains("host_key") ? line.split(separator: ", host_key")[0] + "}" : String(line)
            }
            try Files.write(Array(open.joined(separator: "\n").utf8), to: "\(place.directory)/open.yml")
            let refused = try await place.baton("exec", "-i", "open.yml", "--", "true")
            #expect(refused.status == .exited(6))
            #expect(refused.output.contains("is not known: ED25519 SHA256:"))
            #expect(refused.output.contains("--accept-new-host-keys"))
            let accepted = try await place.baton("exec", "-i", "open.yml", "--accept-new-host-keys", "--", "true")
            #expect(accepted.status == .exited(0))
            let known = try await place.baton("exec", "-i", "open.yml", "--", "true")
            #expect(known.status == .exited(0))
            // The two hosts swap keys: a change for both.
            let swapped = try await place.shell(
                "awk '{ name[NR] = $1; key[NR] = $2 \" \" $3 } END { print name[1], key[2]; print name[2], key[1] }' "
                    + ".ssh/known_hosts > swapped && mv swapped .ssh/known_hosts"
            )
            #expect(swapped.succeeded, "\(swapped.errors)")
            let changed = try await place.baton("exec", "-i", "open.yml", "--accept-new-host-keys", "--", "true")
            #expect(changed.status == .exited(6))
            #expect(changed.output.contains("has changed"))
        }
    }

    @Test func `a command that never ends is ended after its time`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.baton(
                "exec",
                "-i",
                place.inventory,
                "--timeout",
                "500ms",
                "-o",
                "json",
                "--",
                "echo begun; sleep 600"
            )
            #expect(result.status == .exited(5))
            #expect(result.output.contains(#""exit":null,"stdout":"begun\n""#))
            #expect(result.output.contains(#""kind":"timed_out""#))
        }
    }

    @Test func `a hundred megabytes are kept at both ends and counted`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.baton(
                "exec",
                "-i",
                place.inventory,
                "--max-output",
                "1M",
                "-o",
                "json",
                "--",
                "printf first; head -c 100000000 /dev/zero | tr '\\0' x; printf last"
            )
            #expect(result.status == .exited(0))
            #expect(result.output.contains(#""stdout":"firstxxx"#))
            #expect(result.output.contains(#"xxxlast","stderr""#))
            #expect(result.output.contains(#""stdout_dropped":\#(100_000_009 - (1 << 20))"#))
            #expect(result.output.utf8.count < 1_100_000)
        }
    }

    @Test func `a reader that goes away does not end the run`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.shell(
                "{ $BATON exec -i '\(place.inventory)' -o jsonl -- 'seq 1 100000; touch ran'; echo $? > code; } | head -n 1"
            )
            #expect(result.output.contains("run.started"))
            #expect(try Files.read("\(place.directory)/code") == Array("0\n".utf8))
            #expect(Files.exists("\(place.hosts[0].home)/ran"))
        }
    }

    @Test func `secrets of the inventory show up nowhere`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let secret = "tr'icky \"secret"
            let text = String(decoding: try Files.read(place.inventory), as: UTF8.self)
                .split(separator: "\n").map {
                    $0.contains("  vars:") ? "\($0)\n    ansible_become_password: \"tr'icky \\\"secret\"" : String($0)
                }
            try Files.write(Array((text.joined(separator: "\n") + "\n").utf8), to: "\(place.directory)/secret.yml")
            let script =
                #"s="tr'icky \"secret"; echo "$s" "<$s>" >&2; echo "$s" | base64; echo "x$s" | base64; echo "$s""#
            for format in ["text", "json", "jsonl"] {
                let result = try await place.baton("exec", "-i", "secret.yml", "-v", "-o", format, "--", script)
                #expect(result.status == .exited(0), "\(result.errors)")
                #expect(result.output.contains("(secret)"))
                for form in [secret, "dHInaWNreSAic2VjcmV0", "cidpY2t5ICJzZWNyZX"] {
                    #expect(!(result.output + result.errors).contains(form), "\(format)")
                }
                #expect(!result.output.contains(#"tr'icky"#))
            }
        }
    }

    @Test func `a secret that comes in two pieces, or is cut in the middle, is still one`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let text = String(decoding: try Files.read(place.inventory), as: UTF8.self)
                .replacing("  vars:", with: "  vars:\n    ansible_become_password: hunter2secret")
            try Files.write(Array(text.utf8), to: "\(place.directory)/secret.yml")
            let pieces = try await place.baton(
                "exec",
                "-i",
                "secret.yml",
                "-o",
                "jsonl",
                "--",
                "printf 'x hunter2'; sleep 0.3; echo 'secret y'"
            )
            #expect(pieces.output.contains("(secret)"))
            #expect(!pieces.output.contains("hunter2"))
            let cut = try await place.baton(
                "exec",
                "-i",
                "secret.yml",
                "--max-output",
                "1k",
                "-o",
                "json",
                "--",
                "head -c 505 /dev/zero | tr '\\0' a; printf hunter2secret; head -c 5000 /dev/zero | tr '\\0' b; "
                    + "printf hunter2secret; head -c 506 /dev/zero | tr '\\0' c"
            )
            #expect(cut.output.contains("aaa(secret)(secret)ccc"), "\(cut.output)")
        }
    }

    @Test func `characters are whole in every event`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.baton(
                "exec",
                "-i",
                place.inventory,
                "-o",
                "jsonl",
                "--",
                "yes äöü€😀 | head -n 30000"
            )
            #expect(result.status == .exited(0))
            #expect(!result.output.contains("\u{fffd}"))
        }
    }

    @Test func `output that cannot be written is no success`() async throws {
        try await withWorkplace(hosts: 1) { place in
            for stream in ["> /dev/full", ">&-"] {
                let result = try await place.shell("$BATON exec -i '\(place.inventory)' -o json -- true \(stream)")
                #expect(result.status == .exited(5), "\(stream)")
                #expect(result.errors.contains("the output could not be written"))
            }
        }
    }

    @Test func `an argument that is no text is refused before anything is contacted`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.shell("$BATON exec -i '\(place.inventory)' -- touch \"$(printf 'a\\377')\"")
            #expect(result.status == .exited(1))
            #expect(result.errors == "baton: argument 6 is not valid UTF-8\n")
            #expect(Files.list(place.hosts[0].home) == [])
        }
    }

    @Test func `few descriptors mean fewer hosts at once`() async throws {
        try await withWorkplace(hosts: 40) { place in
            let result = try await place.shell("ulimit -n 40; $BATON exec -i '\(place.inventory)' -o json -- true")
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(result.errors.contains("hosts at once instead of 50"))
        }
    }
}
