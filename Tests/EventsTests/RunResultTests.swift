import Events
import Testing

/// Outcome and exit code of a run of plain commands.
@Suite struct RunResultTests {
    /// The hosts of a run in letters: what became of each, in capitals if something of ours ran there.
    private func hosts(_ letters: String) -> [HostResult] {
        letters.enumerated().map { index, letter in
            let status: HostResult.Status =
                switch letter.lowercased() {
                case "o": .ok
                case "c": .changed
                case "f": .failed
                case "u": .unreachable
                default: .untouched
                }
            if letter == "d" { return .drifted("h\(index)") }
            return HostResult(host: "h\(index)", status: status, touched: letter.isUppercase)
        }
    }

    @Test(arguments: [
        ("", false, "ok", 0), ("O", false, "ok", 0), ("OC", false, "ok", 0), ("C", false, "ok", 0),
        ("F", false, "failed", 5), ("FF", false, "failed", 5), ("OF", false, "mixed", 5), ("CF", false, "mixed", 5),
        ("u", false, "unreachable", 6), ("uu", false, "unreachable", 6), ("uf", false, "unreachable", 6),
        ("un", false, "unreachable", 6), ("Ou", false, "mixed", 5), ("Fu", false, "failed", 5),
        // Reached, then lost: something ran there, and 6 would promise that nothing did.
        ("U", false, "failed", 5), ("f", false, "failed", 5), ("n", false, "failed", 5), ("On", false, "mixed", 5),
        ("", true, "interrupted", 8), ("O", true, "interrupted", 8), ("OFu", true, "interrupted", 8),
        ("un", true, "interrupted", 8),
        // Refused hosts were left alone; 2 says so only where all were.
        ("d", false, "refused", 2), ("od", false, "refused", 2), ("ud", false, "refused", 2),
        ("Cd", false, "mixed", 5), ("Fd", false, "failed", 5), ("d", true, "interrupted", 8),
    ])
    func `the truth table`(letters: String, interrupted: Bool, outcome: String, exit: Int32) {
        let result = RunResult(run: "r", command: "exec", hosts: hosts(letters), interrupted: interrupted)
        #expect(result.outcome.rawValue == outcome)
        #expect(result.exit.rawValue == exit)
    }

    /// Failed and down is `D`, changed and down `B`, failed with somebody else at work `L`.
    @Test(arguments: [
        ("OC", "ok", 0), ("F", "failed", 3), ("CF", "failed", 3), ("CFn", "failed", 3), ("D", "dirty", 4),
        ("CDn", "dirty", 4), ("DF", "dirty", 4), ("L", "locked", 7), ("CL", "failed", 3), ("f", "refused", 2),
        ("u", "unreachable", 6), ("Cu", "mixed", 5), ("Du", "dirty", 4), ("B", "dirty", 4), ("OB", "dirty", 4),
    ])
    func `a service that is down somewhere is another thing than a failure`(
        letters: String,
        outcome: String,
        exit: Int32
    ) {
        var hosts = hosts(letters.replacing("D", with: "F").replacing("B", with: "C").replacing("L", with: "f"))
        for (index, letter) in letters.enumerated() {
            if letter == "D" || letter == "B" { hosts[index].isDown = true }
            if letter == "L" { hosts[index].problem = .init(kind: HostResult.lockedKind, message: "x") }
        }
        let result = RunResult(run: "r", command: "restart", hosts: hosts, interrupted: false, purpose: .services)
        #expect(result.outcome.rawValue == outcome)
        #expect(result.exit.rawValue == exit)
    }

    @Test(arguments: [RunResult.Purpose.work, .services])
    func `what is down is said before what was interrupted`(purpose: RunResult.Purpose) {
        var hosts = hosts("CFn")
        for (isDown, exit) in [(false, ExitCode.interrupted), (true, .needsHands)] {
            hosts[1].isDown = isDown
            let result = RunResult(run: "r", command: "x", hosts: hosts, interrupted: true, purpose: purpose)
            #expect(result.exit == exit)
        }
    }

    @Test(arguments: [
        ("o", "ok", 0, 0), ("oc", "changes", 0, 9), ("cf", "mixed", 5, 5), ("f", "failed", 5, 5),
        ("cu", "unreachable", 6, 6), ("", "ok", 0, 0),
    ])
    func `a plan tells changes apart, and signals them where that is asked for`(
        letters: String,
        outcome: String,
        plain: Int32,
        signalled: Int32
    ) {
        for (signals, exit) in [(false, plain), (true, signalled)] {
            let result = RunResult(
                run: "r",
                command: "plan",
                hosts: hosts(letters),
                interrupted: false,
                purpose: .plan(signalsChanges: signals)
            )
            #expect(result.outcome.rawValue == outcome)
            #expect(result.exit.rawValue == exit)
        }
    }

    @Test func `the exit code promises nothing was changed only where nothing was`() {
        let letters = ["o", "c", "f", "u", "n", "d", "O", "C", "F", "U"]
        for first in letters {
            for second in letters {
                for interrupted in [false, true] {
                    let result = RunResult(
                        run: "r",
                        command: "exec",
                        hosts: hosts(first + second),
                        interrupted: interrupted
                    )
                    if [1, 2, 6, 7].contains(result.exit.rawValue) { #expect(result.touched == 0) }
                    if result.exit == .done {
                        #expect(result.hosts.allSatisfy { $0.status == .ok || $0.status == .changed })
                    }
                }
            }
        }
    }

    @Test func `touched counts hosts`() {
        #expect(RunResult(run: "r", command: "exec", hosts: hosts("OFun"), interrupted: false).touched == 2)
    }

    @Test func `exit codes are the contract's, each with its meaning`() {
        #expect(ExitCode.allCases.map(\.rawValue) == Array(0...9))
        #expect(Set(ExitCode.allCases.map(\.meaning)).count == 10)
    }
}
