package import Reactor

extension Workplace {
    /// Runs a program on a terminal of its own and types `answer` when it has asked `question` and echoes nothing. What
    /// the terminal showed is `output`.
    package func onTerminal(
        _ arguments: [String],
        when question: String,
        type answer: String,
        environment: [String: String] = [:]
    ) async throws -> ChildResult {
        let program = #"""
            import os, pty, select, sys, termios
            question, answer = sys.argv[1].encode(), sys.argv[2].encode()
            child, terminal = pty.fork()
            if child == 0:
                os.execv(sys.argv[3], sys.argv[3:])
            seen, typed = b"", False
            while True:
                if not typed and question in seen and not termios.tcgetattr(terminal)[3] & termios.ECHO:
                    typed = True
                    os.write(terminal, answer + b"\n")
                # Whether it echoes cannot be waited for; until then, look now and again.
                if not select.select([terminal], [], [], None if typed else 0.02)[0]:
                    continue
                try:
                    more = os.read(terminal, 65536)
                except OSError:
                    break
                if not more:
                    break
                seen += more
            sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """#
        return try await run(["python3", "-c", program, question, answer] + arguments, environment: environment)
    }
}
