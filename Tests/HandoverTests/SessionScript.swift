import Handover
import HostSide

/// A takeover as its controller sees it, with everything that comes back written by the test.
struct SessionScript {
    var session: HandoverSession
    var now = Duration.zero
    /// What was told so far.
    var news: [HandoverNews] = []
    var ending: HandoverEnding?
    private var journal = 0

    static let nonce = Takeover.nonce

    static func order() -> HandoverOrder {
        HandoverOrder(
            nonce: nonce,
            profile: .gunicorn,
            old: HandoverOrder.Identity(pid: 100, start: 1, boot: "aa.1"),
            uid: 0,
            gid: 0,
            user: "root",
            pidFile: "/run/pid",
            flips: [],
            workers: 2,
            check: Check(.tcp(host: "127.0.0.1", port: 1), timeout: .seconds(1))
        )
    }

    init(_ order: HandoverOrder = order(), _ change: (inout HandoverTerms) -> Void = { _ in }) {
        var order = order
        if order.overrun == .wait { order.overrun = .proceed }
        var terms = HandoverTerms(order, owner: "ann on laptop")
        change(&terms)
        session = HandoverSession(terms, directory: "/srv/shop/.baton/handover-\(Self.nonce)")
    }

    // MARK: What comes

    /// Calls and connections that are asked for now.
    private mutating func heard(_ actions: [HandoverAction]) -> [HandoverAction] {
        actions.filter { action in
            switch action {
            case .tell(let news): self.news.append(news)
            case .finish(let ending): self.ending = ending
            default: return true
            }
            return false
        }
    }

    mutating func begin() -> [HandoverAction] { heard(session.begin(at: now)) }

    mutating func answer(_ call: HandoverCall, _ answer: HandoverAnswer) -> [HandoverAction] {
        heard(session.answered(call, answer, at: now))
    }

    mutating func reply(_ call: HandoverCall, _ text: String = "", status: Int32 = 0) -> [HandoverAction] {
        let bytes = Array(text.utf8)
        return answer(
            call,
            .replied(status: status, stdout: status == 0 ? bytes : [], stderr: status == 0 ? [] : bytes)
        )
    }

    mutating func lose(_ call: HandoverCall) -> [HandoverAction] { answer(call, .lost("the connection was cut")) }

    mutating func connected(_ problem: String? = nil, passes: Bool = true) -> [HandoverAction] {
        heard(session.connected(problem, passes: passes, at: now))
    }

    mutating func spareOpened(_ isOpen: Bool = true) -> [HandoverAction] {
        heard(session.spareOpened(isOpen, at: now))
    }

    mutating func interrupt() -> [HandoverAction] { heard(session.interrupt(at: now)) }

    /// Time goes on to what the session waits for.
    mutating func wake() -> [HandoverAction] {
        guard let next = session.wakeAt else { return [] }
        return wake(at: next)
    }

    mutating func wake(at moment: Duration) -> [HandoverAction] {
        now = max(now, moment)
        return heard(session.woke(at: now))
    }

    /// Time goes on until something is asked for.
    mutating func next() -> [HandoverAction] {
        for _ in 0..<100 {
            guard session.wakeAt != nil, ending == nil else { return [] }
            let actions = wake()
            if !actions.isEmpty { return actions }
        }
        return []
    }

    // MARK: What a host says

    static func status(
        _ state: String? = nil,
        token: String = "armed",
        driven: Bool = true,
        guarded: Bool = true,
        lease: String = "99 aa.1 1 ann on laptop",
        verdict: String? = nil
    ) -> String {
        var text = "token \(token)\nguard \(guarded ? "10.1" : "none")\nconductor \(driven ? "11.1" : "none")\n"
        if let state { text += "state \(state) 4711 twins 2 2\n" }
        text += "lease \(lease)\n"
        if let verdict { text += "verdict \(verdict)" }
        return text
    }

    static func verdict(_ outcome: String, because: String = "all edges were taken", touched: Bool = true) -> String {
        var text =
            "\(outcome) \(nonce) aa.1 9 \(outcome)\nbecause \(because)\nserves \(outcome == "committed" ? "new" : "old")\n"
        text += "old 100.1 yes 2\nnew 17.3 no 0\ntouched \(touched ? "yes" : "no")\nprobes 12 0\n"
        if outcome == "dirty" { text += "back ln -sfn releases/1 current\nforward kill -s TERM 100\n" }
        return text
    }

    // MARK: The usual way

    /// Up to the call that begins it.
    mutating func toGo() -> [HandoverAction] {
        _ = begin()
        _ = reply(.put)
        _ = reply(.renew, Self.status(token: "none", driven: false, guarded: false))
        _ = reply(.arm, "armed 10.1 setsid\n")
        return reply(.proof, "guard 10.1\n")
    }

    /// Up to the first look.
    mutating func toLook() -> [HandoverAction] {
        _ = toGo()
        return reply(.go, Self.status("armed"))
    }

    /// A look has found this state.
    mutating func look(_ state: String, token: String = "armed") -> [HandoverAction] {
        reply(.look, Self.status(state, token: token))
    }

    /// A look has found this end.
    mutating func end(_ outcome: String, because: String = "all edges were taken", touched: Bool = true)
        -> [HandoverAction]
    {
        let token = outcome == "committed" ? "committed" : "firing"
        let verdict = Self.verdict(outcome, because: because, touched: touched)
        return reply(.look, Self.status(outcome, token: token, driven: false, guarded: false, verdict: verdict))
    }
}
