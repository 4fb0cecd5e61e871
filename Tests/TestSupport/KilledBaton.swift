import Reactor

/// What a baton that was killed had said until then.
package struct KilledBaton: Sendable {
    package let lines: [String]
    package let errors: String
}

extension Workplace {
    /// Runs baton with these arguments, which make it write events (`-o jsonl`), and kills it as soon as it has written
    /// one of this type, of this host where one is named. A run that ends before is a failure of the test.
    package func killBaton(
        at type: String,
        host: String? = nil,
        _ arguments: String...
    ) async throws -> KilledBaton {
        // A shell and a pipe: nothing lies between baton's writing and the reader. The number stays baton's until `wait`.
        let result = try await run(
            [
                "sh", "-c",
                #"""
                type=$1 host=$2
                shift 2
                pipe=$(mktemp -u "$HOME/events.XXXXXX")
                mkfifo "$pipe" || exit 2
                "$@" >"$pipe" &
                pid=$!
                killed=''
                while IFS= read -r line; do
                    printf '%s\n' "$line"
                    [ -z "$killed" ] || continue
                    case $line in *"$type"*) ;; *) continue ;; esac
                    case $line in *"$host"*) ;; *) continue ;; esac
                    kill -KILL "$pid" && killed=yes
                done <"$pipe"
                rm -f "$pipe"
                wait "$pid"
                [ $? -eq 137 ] && [ -n "$killed" ]
                """#,
                "sh", #""type":"\#(type)""#, host.map { #""host":"\#($0)""# } ?? "", BatonProgram.path,
            ] + arguments
        )
        guard result.succeeded else {
            throw SystemError(
                code: 0,
                doing: "kill baton at \(type) (\(result.status)): \(result.output)\(result.errors)"
            )
        }
        return KilledBaton(lines: result.output.split(separator: "\n").map(String.init), errors: result.errors)
    }
}
