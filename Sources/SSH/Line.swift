import Reactor
import Shell

/// A link and its shells, as one host's line: which shell a program goes to, and how a program is ended. Synchronous
/// and confined to the loop's thread; `SSHRemote` is its outside.
final class Line {
    /// The shells of one account.
    private struct Pair {
        var main: ShellChannel?
        var beside: ShellChannel?

        var all: [ShellChannel] { [main, beside].compactMap { $0 } }
    }

    /// Whom a shell belongs to: a user that is become, or nil for whoever logged in.
    private typealias Owner = String?

    private let loop: Loop
    private let target: Target
    private let link: any Link
    private var pairs: [Owner: Pair] = [:]
    private var single: [ShellChannel] = []
    private var exchanges: [TunnelExchange] = []
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
        as account: Account,
        _ limits: Limits,
        _ observer: OutputObserver?,
        _ done: @escaping (ShellChannel.Outcome) -> Void
    ) {
        submit(program, \.main, of: owner(account), limits, observer, done)
    }

    func runBeside(
        _ program: some Program,
        as account: Account,
        _ limits: Limits,
        _ done: @escaping (ShellChannel.Outcome) -> Void
    ) {
        submit(program, \.beside, of: owner(account), limits, nil, done)
    }

    private func submit(
        _ program: some Program,
        _ which: WritableKeyPath<Pair, ShellChannel?>,
        of owner: Owner,
        _ limits: Limits,
        _ observer: OutputObserver?,
        _ done: @escaping (ShellChannel.Outcome) -> Void
    ) {
        if let problem = problem(with: owner) {
            done(.failure(RemoteError(.becomeRefused, program.label, problem)))
            return
        }
        if let shell = pairs[owner]?[keyPath: which], !shell.isEnded {
            shell.submit(program, limits, observer, done)
            return
        }
        // The first program, or the shell has gone (a program may kill it): a new one, with the program right behind.
        let fresh = makeShell(ShellLoop.many, of: owner)
        pairs[owner, default: Pair()][keyPath: which] = fresh
        fresh.submit(program, limits, observer, done)
        fresh.start()
    }

    /// A program with input, on a channel of its own.
    func feed(
        _ program: some Program,
        _ input: UploadContent,
        as account: Account,
        _ limits: Limits,
        _ done: @escaping (ShellChannel.Outcome) -> Void
    ) {
        let owner = owner(account)
        if let problem = problem(with: owner) {
            done(.failure(RemoteError(.becomeRefused, program.label, problem)))
            return
        }
        let shell = makeShell(ShellLoop.one, of: owner)
        single.append(shell)
        shell.submit(program, limits, nil, input: input) { [weak self] outcome in
            self?.single.removeAll { $0 === shell }
            done(outcome)
        }
        shell.start()
    }

    /// Sends bytes to a place that the host reaches, and gathers what comes back.
    func exchange(
        _ terms: TunnelExchange.Terms,
        _ done: @escaping (Exchange) -> Void
    ) {
        let exchange = TunnelExchange(terms, on: loop)
        exchanges.append(exchange)
        exchange.begin(link) { [weak self] result in
            self?.exchanges.removeAll { $0 === exchange }
            done(result)
        }
    }

    private func makeShell(_ text: String, of owner: Owner) -> ShellChannel {
        ShellChannel(on: link, loop, target, as: settings(of: owner), text) { [weak self] shell, ending in
            self?.end(shell, of: owner, ending)
        }
    }

    // MARK: Accounts

    private func owner(_ account: Account) -> Owner {
        let wanted: String?
        switch account {
        case .standard: wanted = target.become?.user
        case .login: wanted = nil
        case .become(let user): wanted = user
        }
        // Only libssh2 knows for sure whom it logged in as; OpenSSH's client has a configuration of its own.
        if case .libssh2 = target.transport, wanted == target.user { return nil }
        return wanted
    }

    private func settings(of owner: Owner) -> Target.BecomeSettings? {
        owner.map { Target.BecomeSettings(user: $0, password: target.become?.password ?? target.becomePassword) }
    }

    private func problem(with owner: Owner) -> String? {
        owner.flatMap { user in target.cannotBecome.map { "cannot become \(user): \($0)" } }
    }

    /// No shell of it has ended yet: a lost link ends them all.
    var isWell: Bool { !isClosed && pairs.values.allSatisfy { $0.all.allSatisfy { !$0.isEnded } } }

    // MARK: Ending a program

    func cancel() {
        for (owner, pair) in pairs {
            if let shell = pair.main, shell.isRunning { end(shell, of: owner, .cancelled) }
        }
        for exchange in exchanges { exchange.finish(.lost("it was cancelled")) }
        // One of a kind: what belongs to them is given up with their channel, whoever they are.
        for shell in single where shell.isRunning { end(shell, of: nil, .cancelled) }
    }

    /// Asks the host, through the account's shell beside, to end what this shell runs. If that is not confirmed in time
    /// the shell is given up.
    private func end(_ shell: ShellChannel, of owner: Owner, _ ending: ShellChannel.Ending) {
        shell.markEnding(ending)
        guard let pid = shell.pid, pairs[owner]?.main === shell else {
            shell.abandon()
            return
        }
        let limits = Limits(timeout: Self.endingGrace)
        submit(EndPrograms.program(loop: pid), \.beside, of: owner, limits, nil) { [weak self, weak shell] outcome in
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
        let shells = pairs.values.flatMap(\.all) + single
        let waiting = exchanges
        (pairs, single, exchanges) = ([:], [], [])
        for exchange in waiting { exchange.finish(.lost("the connection was closed")) }
        for shell in shells { shell.close() }
        link.close()
    }
}
