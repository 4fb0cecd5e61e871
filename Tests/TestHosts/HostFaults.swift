import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A process of a host, by the host's own numbers: a pid and when it began, since the pid alone may be another by now.
package struct HostProcess: Hashable, Sendable, CustomStringConvertible {
    package let pid: Int32
    package let start: String
    package let command: String
    package var description: String { "\(pid) (\(command))" }

    package init(pid: Int32, start: String, command: String) {
        self.pid = pid
        self.start = start
        self.command = command
    }
}

/// What happens to hosts. Each of these does what it says or the test fails.
extension TestHost {
    // MARK: Processes

    /// Those whose command line matches, as pgrep -f finds them.
    package func processes(_ pattern: String) async throws -> [HostProcess] {
        // pgrep finds every process of the host; the shell that runs this line has the pattern in its own arguments.
        let found = try await run(
            #"""
            for pid in $(pgrep -f -- "$1"); do
                [ "$pid" != $$ ] || continue
                stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
                set -- "$1" ${stat##*) }
                echo "$pid ${21} $(tr '\0\n' '  ' <"/proc/$pid/cmdline" 2>/dev/null)"
            done
            """#,
            pattern
        )
        return found.output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count > 1, let pid = Int32(words[0]) else { return nil }
            return HostProcess(
                pid: pid,
                start: String(words[1]),
                command: words.count > 2 ? String(words[2]).trimmed : ""
            )
        }
    }

    /// sshd's processes that serve logins; not the one that listens.
    package func sessions() async throws -> [HostProcess] { try await processes("^sshd: [a-z]+( |@)") }

    /// Sends a signal to exactly this process.
    package func signal(_ process: HostProcess, _ signal: Int32) async throws {
        let result = try await run(
            #"""
            stat=$(cat "/proc/$1/stat") && set -- "$1" "$2" "$3" ${stat##*) } && [ "${23}" = "$2" ] && kill -"$3" "$1"
            """#,
            "\(process.pid)",
            process.start,
            "\(signal)"
        )
        guard result.succeeded else {
            throw HostFailure("on \(name): no signal to \(process), which is gone: \(result.errors)")
        }
    }

    package func kill(_ process: HostProcess) async throws { try await signal(process, SIGKILL) }

    package func isAlive(_ process: HostProcess) async throws -> Bool {
        try await run(
            #"stat=$(cat "/proc/$1/stat") && set -- "$1" "$2" - ${stat##*) } && [ "${23}" = "$2" ] && [ "$4" != Z ]"#,
            "\(process.pid)",
            process.start
        ).succeeded
    }

    /// From now on nothing on the host can start a process, ssh logins included; this API still can.
    package func fillProcessTable() async throws { try await verb("processes", "full") }
    package func freeProcessTable() async throws { try await verb("processes", "free") }

    // MARK: Network

    /// Pulls the cable: packets are lost without a word.
    package func unplug() async throws { try await verb("link", "down") }
    package func plug() async throws { try await verb("link", "up") }

    // MARK: Disk

    /// From now on `folder` is a disk of its own, of this size and empty; until the host reboots.
    package func mountSmallDisk(at folder: String, kilobytes: Int) async throws {
        try await output(
            #"mkdir -p "$1" && mount -t tmpfs -o "size=${2}k,mode=$(stat -c %a "$1"),uid=$(stat -c %u "$1"),gid=$(stat -c %g "$1")" tmpfs "$1""#,
            folder,
            "\(kilobytes)"
        )
    }

    /// Writes until the small disk at `folder` has no byte left.
    package func fillDisk(at folder: String) async throws {
        try await output(
            #"""
            mountpoint -q "$1" || { echo "$1 is no disk of its own" >&2; exit 1; }
            cat /dev/zero >>"$1/.filler" 2>/dev/null
            ! { echo more >>"$1/.filler"; } 2>/dev/null
            """#,
            folder
        )
    }
    package func freeDisk(at folder: String) async throws { try await output(#"rm -f "$1/.filler""#, folder) }

    // MARK: Programs

    /// Removes a program from everywhere on PATH: `curl`, or `python3` with all of its versioned names.
    package func remove(program: String) async throws {
        try await output(
            #"""
            for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
                rm -f "$folder/$1" "$folder/$1".[0-9]*
            done
            hash -r
            ! command -v "$1"
            """#,
            program
        )
    }

    private func verb(_ verb: String, _ argument: String) async throws {
        let result = try await world.confined.call([verb, name, argument])
        guard result.succeeded else { throw HostFailure("\(verb) \(argument) of \(name): \(result.errors)") }
    }
}

extension HostFleet {
    /// From now on `host` is reached through `other` only, at its usual name and address: a jump host's case.
    package func isolate(_ host: TestHost, behind other: TestHost) async throws {
        let result = try await host.world.confined.call(["isolate", host.name, other.name])
        guard result.succeeded else { throw HostFailure("isolate \(host.name): \(result.errors)") }
    }

    package func rejoin(_ host: TestHost, from other: TestHost) async throws {
        let result = try await host.world.confined.call(["rejoin", host.name, other.name])
        guard result.succeeded else { throw HostFailure("rejoin \(host.name): \(result.errors)") }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
