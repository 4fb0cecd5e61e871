import Reactor
import Shell

/// A link and its shells, as one host's line: which shell a program goes to, and how a program is ended. Synchronous
/// and confined to the loop's thread; `SSHRemote` is its outside.
final class Line {
    private let loop: Loop
    private let target: Target
    private let link: any Link
    private var main: ShellChannel?
    private var beside: ShellChannel?
    private var single: [ShellChannel] = []
    private var isClosed = false

    /// What the host gets to end a program that has had its time: TERM, three seconds, KILL, and the way there and back
    /// for a host that is busy.
    private static let endingGrace = Duration.seconds(20)

    /// `link` is open.
    init(_ target: Target, _ link: any Link, on loop: Loop) {
        self.loop = loop
        self.target = target
        self.link = link
    }

    func run(
        _ program: some Program,
        _ limits: Limits,
        _ observer: OutputObserver?,
        _ done: @escaping (ShellChannel.Outcome) -> Void
    ) {
        submit(program, limits, observer, to: main, done) { main = $0 }
    }

    func runBeside(_ program: some Program, _ limits: Limits, _ done: @escaping (ShellChannel.Outcome) -> Void) {
        submit(program, limits, nil, to: beside, done) { beside = $0 }
    }

    private func submit(
        _ program: some Program,
        _ limits: Limits,
        _ observer: OutputObserver?,
        to shell: ShellChannel?,
        _ done: @escaping (ShellChannel.Outcome) -> Void,
        replace: (ShellChannel) -> Void
    ) {
        if let shell, !shell.isEnded {
            shell.submit(program, limits, observer, done)
            return
        }
        // The first program, or the shell has gone (a program may kill it): a new one, with the program right behind.
        let fresh = makeShell(ShellLoop.many)
        replace(fresh)
        fresh.submit(program, limits, observer, done)
        fresh.start()
    }

    /// A program with input, on a channel of its own.
    func feed(
        _ program: some Program,
        _ input: [UInt8],
        _ limits: Limits,
        _ done: @escaping (ShellChannel.Outcome) -> Void
    ) {
        let shell = makeShell(ShellLoop.one)
        single.append(shell)
        shell.submit(program, limits, nil, input: input) { [weak self] outcome in
            self?.single.removeAll { $0 === shell }
            done(outcome)
        }
        shell.start()
    }

    private func makeShell(_ text: String) -> ShellChannel {
        ShellChannel(on: link, loop, target, text) { [weak self] shell, ending in self?.end(shell, ending) }
    }

    // MARK: Ending a program

    func cancel() {
        for shell in [main].compactMap({ $0 }) + single where shell.isRunning { end(shell, .cancelled) }
    }

    /// Asks the host, through the shell beside, to end what this shell runs. If that is not confirmed in time the shell
    /// is given up.
    private func end(_ shell: ShellChannel, _ ending: ShellChannel.Ending) {
        shell.markEnding(ending)
        guard let pid = shell.pid, shell !== beside, single.contains(where: { $0 === shell }) == false else {
            shell.abandon()
            return
        }
        let limits = Limits(timeout: Self.endingGrace)
        runBeside(EndPrograms.program(loop: pid), limits) { [weak self, weak shell] outcome in
            var confirmed = false
            if case .success(let reply) = outcome { confirmed = reply.status == 0 }
            shell?.settleEnding(confirmed: confirmed)
            guard let self, let shell, shell.isRunning else { return }
            // The marker may be right behind the confirmation.
            loop.after(.seconds(1)) { [weak shell] in if let shell, shell.isRunning { shell.abandon() } }
        }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        let shells = [main, beside].compactMap { $0 } + single
        (main, beside, single) = (nil, nil, [])
        for shell in shells { shell.close() }
        link.close()
    }
}
