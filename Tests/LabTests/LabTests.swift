import Lab
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The local fleet, through the real binary.
@Suite struct LabTests {
    @Test func `it comes up, answers, and leaves nothing`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let up = try await place.baton("lab", "up", "5")
            #expect(up.status == .exited(0), "\(up.errors)")
            #expect(up.output == "\(place.directory)/.lab/inventory.yml\n")
            let status = try await place.baton("lab", "status", "-o", "json")
            #expect(status.output.split(separator: #""up":true"#).count == 6)
            let exec = try await place.baton(
                "exec",
                "-i",
                ".lab/inventory.yml",
                "-o",
                "json",
                "--",
                "pwd; echo $BATON_LAB_HOST"
            )
            for index in 1...5 {
                #expect(exec.output.contains("/.lab/hosts/lab\(index)/home\\nlab\(index)\\n"))
            }
            let twice = try await place.baton("lab", "up")
            #expect(twice.status == .exited(1))
            #expect(twice.errors.contains("a lab is up in"))
            let down = try await place.baton("lab", "down")
            #expect(down.errors == "5 hosts of the lab ended\n")
            #expect(!Files.exists("\(place.directory)/.lab"))
            let left = await ProcessTable.read(on: place.loop).belonging(to: "\(place.directory)/.lab")
            #expect(left == [])
            let nothing = try await place.baton("lab", "down")
            #expect(nothing.status == .exited(0))
            #expect(nothing.errors == "there is no lab\n")
        }
    }

    @Test func `down works on what a crash left`() async throws {
        try await withWorkplace(hosts: 0) { place in
            // Killed half way through; whatever stands by then must be found without its help.
            let crashed = try await place.shell(
                """
                $BATON lab up 40 > out 2>&1 &
                while [ "$(ls .lab/hosts/*/sshd.pid 2>/dev/null | wc -l)" -lt 5 ]; do sleep 0.02; done
                kill -9 $!
                wait $! 2>/dev/null
                rm -f .lab/hosts/lab2/sshd.pid
                ls .lab/hosts | wc -l
                """
            )
            #expect(crashed.status == .exited(0), "\(crashed.errors)")
            let down = try await place.baton("lab", "down")
            #expect(down.status == .exited(0), "\(down.errors)")
            #expect(!Files.exists("\(place.directory)/.lab"))
            let left = await ProcessTable.read(on: place.loop).belonging(to: "\(place.directory)/.lab")
            #expect(left == [])
        }
    }

    @Test func `commands that still run are ended with the lab`() async throws {
        try await withWorkplace(hosts: 0) { place in
            _ = try await place.baton("lab", "up", "1")
            let result = try await place.shell(
                """
                $BATON exec -i .lab/inventory.yml -- 'echo $$ > pid; (setsid sleep 600 &) ; sleep 600' > out 2>&1 &
                while [ ! -s .lab/hosts/lab1/home/pid ]; do sleep 0.02; done
                $BATON lab down
                wait $!
                echo $?
                """
            )
            #expect(result.output == "5\n", "\(result.errors)")
            let left = await ProcessTable.read(on: place.loop).belonging(to: "\(place.directory)/.lab")
            #expect(left == [])
        }
    }

    @Test func `only what a lab made is removed or reused`() async throws {
        try await withWorkplace(hosts: 0) { place in
            try Files.makeDirectory("\(place.directory)/mine")
            try Files.write([1], to: "\(place.directory)/mine/file")
            for arguments in [["down"], ["up"]] {
                let result = try await place.baton("lab", arguments[0], "--directory", "mine")
                #expect(result.status == .exited(1))
                #expect(result.errors.contains("no lab"))
            }
            #expect(Files.exists("\(place.directory)/mine/file"))
            let strange = try await place.baton("lab", "up", "--directory", "it's")
            #expect(strange.status == .exited(1))
            #expect(strange.errors.contains("a lab cannot live in"))
        }
    }

    @Test func `a bystander who reads a log is left alone, and odd file names go`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let result = try await place.shell(
                """
                $BATON lab up 1 > out 2>&1 || exit 1
                tail -f "$PWD/.lab/hosts/lab1/sshd.log" > /dev/null &
                tail=$!
                $BATON exec -i .lab/inventory.yml -- 'touch "$(printf "a\\377b")" "$(printf "c\\nd")"; mkdir -p x/y' > out 2>&1
                $BATON lab down || exit 2
                kill -0 $tail && echo alive
                kill $tail
                """
            )
            #expect(result.output == "alive\n", "\(result.errors)")
            #expect(result.status == .exited(0) || result.status == .exited(143), "\(result.errors)")
            #expect(!Files.exists("\(place.directory)/.lab"))
        }
    }

    @Test func `two at once do not tear down each other`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let result = try await place.shell(
                """
                $BATON lab up 20 > first 2>&1 &
                while [ ! -e .lab/hosts/lab1/sshd.pid ]; do sleep 0.01; done
                $BATON lab up 2 > second 2>&1
                echo $?
                wait $!
                echo $?
                $BATON lab status | grep -c up,
                $BATON lab down
                """
            )
            #expect(result.output == "1\n0\n20\n", "\(result.errors)")
        }
    }

    @Test func `files of the lab say what they should`() {
        let host = LabLayout(directory: "/lab").host("lab1")
        let text = host.configurationText(port: 2201, authorizedKeys: "/lab/authorized_keys", extra: "LogLevel DEBUG")
        #expect(
            text.contains(
                "\nLogLevel DEBUG\nListenAddress 127.0.0.1\nPort 2201\nHostKey \"/lab/hosts/lab1/host_key\"\n"
            )
        )
        #expect(!text.contains("0.0.0.0"))
        #expect(
            LabLayout(directory: "/lab").inventoryText(user: "me", hosts: [("lab1", 2201, "ssh-ed25519 AAAA")]) == """
                # Made by `baton lab up`, removed by `baton lab down`.
                all:
                  vars:
                    ansible_host: 127.0.0.1
                    ansible_user: "me"
                    ansible_ssh_private_key_file: "/lab/user_key"
                  children:
                    lab:
                      hosts:
                        lab1: {ansible_port: 2201, host_key: "ssh-ed25519 AAAA"}

                """
        )
        for (path, usable) in [
            ("/a b/c", true), ("relative", false), ("/a'b", false), ("/a%b", false), ("/a\nb", false), ("/é", false),
        ] {
            #expect(LabLayout.isUsable(path) == usable, "\(path)")
        }
    }
}
