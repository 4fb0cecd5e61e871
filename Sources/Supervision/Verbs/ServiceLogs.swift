package import Shell

/// What members of a service have written, read where their supervisor puts it.
package struct ServiceLogs: Sendable {
    /// What lines are from: a line of the output begins with the number of its source.
    package let sources: [String]
    package let program: ReadingProgram

    /// The last `lines` of each member; with `follows` what comes after them too, until somebody ends it.
    package init(_ service: String, _ sighting: ServiceSighting, lines: Int, follows: Bool) {
        var sources: [String] = []
        var calls: [String] = []
        let supervisor = sighting.manifest?.supervisor
        if let owner = sighting.members.lazy.compactMap(\.logOwner).first {
            // All members write into one, and its user may put a link in its place.
            let line = "exec tail -n \(lines)\(follows ? " -F" : "") -- ~\(owner)/.baton/\(Quoting.word(service)).log"
            let shell = owner == "root" ? ["sh", "-c", line] : ["su", "-s", "/bin/sh", "-c", line, owner]
            calls.append("b_show 0 b_follow \(Quoting.line(shell))")
            sources.append(service)
        }
        for member in sighting.members where member.logOwner == nil {
            let read: [String]
            if let log = member.log {
                // Rotation puts another file in its place.
                read = ["tail", "-n", "\(lines)"] + (follows ? ["-F"] : []) + ["--", log]
            } else if supervisor == .systemd {
                let unit = ["-u", member.name]
                read =
                    ["journalctl", "-q", "--no-pager", "-o", "short-iso", "-n", "\(lines)"] + (follows ? ["-f"] : [])
                    + unit
            } else {
                continue
            }
            calls.append("b_show \(sources.count) b_follow \(Quoting.line(read))")
            sources.append(member.name)
        }
        if sources.isEmpty {
            // All instances write to syslog under one name.
            calls.append("b_syslog 0 \(Quoting.word(service)) \(lines)\(follows ? " follow" : "")")
            sources = [service]
        }
        self.sources = sources
        program = ReadingProgram(
            "logs of \(service)",
            Self.functions(follows: follows) + calls.map { $0 + (follows ? " &\n" : "\n") }.joined()
                + (follows ? "wait\n" : "")
        )
    }

    /// How often a host that follows makes sure that somebody still reads: `tail` on a quiet log would otherwise stay for ever,
    /// as whoever never writes never learns that nobody reads. The line that is written for that has no source, and is nothing.
    private static let beat = 15

    // Line by line where somebody looks on, as sed holds lines back; and with a line end more, as the last one of what has come
    // may be the beginning of a mark, and waits for the next byte. Where the last line has no end, the next one would stand in it.
    private static let following = """
        # b_follow WORD...: tells its number first, and becomes what the words say.
        b_follow() { exec sh -c 'echo "$$"; exec "$@"' sh "$@"; }
        b_beat() {
            trap : PIPE
            while kill -0 "$1" && sleep \(beat) && printf '\\n'; do :; done 2>/dev/null
            kill "$1" 2>/dev/null
        }
        b_show() {
            b_source=$1
            shift
            { ("$@") </dev/null 2>&1; } | {
                read -r b_tail
                b_beat "$b_tail" &
                trap : PIPE
                while IFS= read -r b_line || [ -n "$b_line" ]; do
                    printf '%s %s\\n\\n' "$b_source" "$b_line" || break
                done
                kill "$b_tail" $! 2>/dev/null
            }
        }
        b_named() {
            b_follow tail -n 1000 -F -- "$1" | {
                IFS= read -r b_line
                printf '%s\\n' "$b_line"
                while IFS= read -r b_line; do
                    case $b_line in *" $2:"* | *" $2["*) printf '%s\\n' "$b_line" ;; esac
                done
            }
        }

        """

    private static let ending = """
        b_follow() { "$@"; }
        b_show() {
            b_source=$1
            shift
            "$@" </dev/null 2>&1 | sed "s/^/$b_source /"
            echo
        }
        b_named() { grep -F -e " $2:" -e " $2[" -- "$1" | tail -n "$3"; }

        """

    private static func functions(follows: Bool) -> String {
        (follows ? following : ending) + """
            b_syslog() {
                for b_log in /var/log/syslog /var/log/messages; do
                    if [ -r "$b_log" ]; then
                        b_show "$1" b_named "$b_log" "$2" "$3"
                        return
                    fi
                done
                if command -v journalctl >/dev/null 2>&1; then
                    b_show "$1" b_follow journalctl -q --no-pager -o short-iso -n "$3" ${4:+-f} -t "$2"
                    return
                fi
                echo "there is no /var/log/syslog or /var/log/messages that may be read, and no journal" >&2
                exit 1
            }

            """
    }
}

/// The names of the services that a host keeps.
package enum ServiceList {
    package static let program = ReadingProgram(
        "services",
        """
        b_home=${HOME-}
        if [ ! -d "$b_home" ] || [ ! -O "$b_home" ]; then
            b_home=$(id -un)
            case $b_home in '' | -* | *[!A-Za-z0-9_.-]*) b_home=/nowhere ;; *) eval "b_home=~$b_home" ;; esac
        fi
        # Who may not look into a directory sees it empty.
        b_etc=/etc/baton/services
        if [ "$(id -u)" != 0 ]; then
            if [ ! -d "$b_home/.baton/services" ]; then
                echo 'whoever asks for services must be root, or have some beside own releases' >&2
                exit 1
            fi
            b_etc=/nowhere
        fi
        for b_file in "$b_etc"/*/service "$b_home"/.baton/services/*/service; do
            [ -f "$b_file" ] || continue
            b_name=${b_file%/service}
            printf '%s\\n' "${b_name##*/}"
        done | sort -u
        """
    )

    /// Read without believing the host.
    package static func names(_ answer: [UInt8]) -> [String] {
        answer.split(separator: 10).prefix(ServiceFile.mostServices).map { String(decoding: $0, as: UTF8.self) }
            .filter { ServiceName.problem(with: $0) == nil }
    }
}
