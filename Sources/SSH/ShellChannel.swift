import Reactor
import Shell
import Text

/// The shell loop on one channel: takes programs, hands back replies. Confined to the loop's thread.
final class ShellChannel: ChannelConsumer {
    typealias Outcome = Result<Reply, RemoteError>

    private let loop: Loop
    private let target: Target
    private let become: Become?
    private let password: String?
    private let greetingMarker = Marker.random()
    private let greetingFrame: Conversation.Frame
    private var channel: (any CommandChannel)?
    private var conversation = Conversation()
    private var jobs: [Conversation.Frame: Job] = [:]
    private var order: [Conversation.Frame] = []
    /// Frames that must wait until sudo has its password: sudo reads the same input.
    private var held: [[UInt8]] = []
    /// What the program is still to read, once it is its turn.
    private var feeder: InputFeeder?
    private var mayFeed = false
    private var isGreeted = false
    private var sentPassword = false
    private var banner = Capture(limit: 8192)
    private var complaint: [UInt8] = []
    private var prompt: PromptScanner?
    private var startTimer: Loop.Timer?
    private var whenExpired: (ShellChannel, Ending) -> Void
    /// A program that is being ended is reported when both have come: its own end, and the host's word that nothing of
    /// it is left. Its own end was first.
    private var ended: (Job, Int32)?
    private(set) var isEnded = false

    /// The loop's pid on the host, once it has said so.
    private(set) var pid: Int32?

    /// A host whose rc files print more than this before the shell answers does not have a shell that can be used.
    private static let bannerLimit = 1 << 20
    private static let programLimit = 8 << 20

    init(
        on link: any Link,
        _ loop: Loop,
        _ target: Target,
        as user: Target.BecomeSettings?,
        _ text: String,
        whenExpired: @escaping (ShellChannel, Ending) -> Void
    ) {
        self.loop = loop
        self.target = target
        self.whenExpired = whenExpired
        become = user.map { Become(user: $0.user, prompt: $0.password == nil ? nil : .random()) }
        password = user?.password
        prompt = become?.prompt.map { PromptScanner($0) }
        greetingFrame = conversation.expect(greetingMarker)
        channel = link.channel(ShellLoop.command(text, greeting: greetingMarker, become: become), self)
        let limit = target.timeouts.shell
        startTimer = loop.after(limit) { [weak self] in
            self?.startFailed(.linkLost, "no answer from the shell within \(Seconds.text(limit))")
        }
    }

    /// Sends the command; programs that were submitted before follow as soon as it has started.
    func start() { channel?.start() }

    var isRunning: Bool { !order.isEmpty }

    // MARK: Programs

    /// `input` is what the program reads; only for a loop of one.
    func submit(
        _ program: some Program,
        _ limits: Limits,
        _ observer: OutputObserver?,
        input: UploadContent = .bytes([]),
        _ done: @escaping (Outcome) -> Void
    ) {
        guard !isEnded else {
            done(.failure(RemoteError(.linkLost, program.label, "the connection to \(target.name) is closed")))
            return
        }
        guard program.text.utf8.count <= Self.programLimit, !program.text.utf8.contains(0) else {
            let detail = program.text.utf8.contains(0) ? "its text has a NUL byte" : "its text is over 8 MiB"
            done(.failure(RemoteError(.unsendable, program.label, detail)))
            return
        }
        let marker = Marker.random()
        let frame = conversation.expect(marker)
        let job = Job(program.label, limits, observer, loop.now, done)
        jobs[frame] = job
        order.append(frame)
        if order.count == 1 { startClock() }
        var pieces = [ShellLoop.frame(program.text, marker)]
        switch input {
        case .bytes(let bytes): pieces.append(bytes)
        case .pieces(let next): feeder = InputFeeder(next)
        }
        if become?.prompt != nil, !isGreeted {
            held += pieces
        } else {
            sendFrames(pieces)
        }
    }

    private func sendFrames(_ pieces: [[UInt8]]) {
        mayFeed = true
        channel?.send(pieces)
        feed()
    }

    // MARK: Input in pieces

    func hasRoom() { feed() }

    private func feed() {
        guard mayFeed, let feeder, let channel else { return }
        do throws(UploadContent.Unreadable) {
            try feeder.feed(channel)
        } catch {
            startFailed(.unsendable, error.reason)
        }
    }

    /// A program's time begins when it is its turn.
    private func startClock() {
        guard let frame = order.first, let job = jobs[frame], let timeout = job.limits.timeout else { return }
        job.timer = loop.after(timeout) { [weak self] in
            guard let self, order.first == frame else { return }
            jobs[frame]?.timer = nil
            whenExpired(self, .timedOut)
        }
    }

    /// The program that runs is being ended; its reply will be reported as that.
    func markEnding(_ ending: Ending) {
        if let frame = order.first, jobs[frame]?.ending == nil { jobs[frame]?.ending = ending }
    }

    /// Gives up on the program that runs: the host did not confirm that it was ended.
    func abandon() {
        letGo()
        failAll { job in
            switch job.ending {
            case .cancelled: (.cancelled(ended: false), "it may still run on the host")
            case .timedOut: (.timedOut(ended: false), "it did not end in time and may still run on the host")
            case nil: (.linkLost, "the shell was given up")
            }
        }
    }

    // MARK: What the channel says

    func started() {}

    func received(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer) {
        guard !isEnded else { return }
        // Ends are looked at after the conversation is done with the bytes: whoever is told may send the next program.
        var ends: [(Conversation.Frame, String)] = []
        do throws(Conversation.Broken) {
            try conversation.receive(stream, bytes) { event in
                if case .ended(let frame, let trailer) = event { ends.append((frame, trailer)) } else { handle(event) }
            }
        } catch {
            letGo()
            failAll { _ in (.protocolBroken, "what answers does not keep to the framing") }
            return
        }
        for (frame, trailer) in ends { handle(.ended(frame, trailer: trailer)) }
        if !isGreeted, stream == .stderr { answerPrompt() }
        if !isGreeted, banner.count > Self.bannerLimit {
            startFailed(.shellLost, "the host prints without end before its shell answers")
        }
    }

    private func handle(_ event: Conversation.Event) {
        switch event {
        case .output(greetingFrame, let stream, let bytes):
            banner.append(bytes)
            if stream == .stderr {
                if complaint.count < 8192 { complaint += bytes.prefix(8192) }
                prompt?.feed(bytes)
            }
        case .output(let frame, let stream, let bytes):
            guard let job = jobs[frame] else { return }
            if stream == .stdout { job.stdout.append(bytes) } else { job.stderr.append(bytes) }
            job.observer?(stream, bytes)
        case .ended(greetingFrame, let trailer): greeted(trailer)
        case .ended(let frame, let trailer): finished(frame, trailer)
        }
    }

    private func greeted(_ trailer: String) {
        if let startTimer { loop.cancel(startTimer) }
        startTimer = nil
        isGreeted = true
        pid = Int32(trailer)
        let waiting = held
        held = []
        sendFrames(waiting)
    }

    private func finished(_ frame: Conversation.Frame, _ trailer: String) {
        order.removeAll { $0 == frame }
        startClock()
        guard let job = jobs.removeValue(forKey: frame) else { return }
        if let timer = job.timer { loop.cancel(timer) }
        guard let status = Int32(trailer) else {
            job.done(.failure(failure(of: job, .protocolBroken, "its status cannot be read")))
            return
        }
        if job.ending != nil, !job.isEndingSettled {
            ended = (job, status)
        } else {
            report(job, status)
        }
    }

    /// The host has answered whether it could end the program.
    func settleEnding(confirmed: Bool) {
        if let (job, _) = ended { job.isEndingConfirmed = confirmed }
        if let frame = order.first { jobs[frame]?.isEndingConfirmed = confirmed }
        if let (job, status) = ended {
            ended = nil
            report(job, status)
        } else if let frame = order.first {
            jobs[frame]?.isEndingSettled = true
        }
    }

    private func report(_ job: Job, _ status: Int32) {
        let confirmed = job.isEndingConfirmed
        let doubt = confirmed ? "ended" : "it ended, but something that it started may still run"
        switch job.ending {
        case .timedOut:
            let limit = job.limits.timeout.map { Seconds.text($0) } ?? "its time"
            job.done(.failure(failure(of: job, .timedOut(ended: confirmed), "still running after \(limit); \(doubt)")))
        case .cancelled:
            job.done(.failure(failure(of: job, .cancelled(ended: confirmed), "\(doubt) on request")))
        case nil:
            job.done(
                .success(
                    Reply(status: status, stdout: job.stdout, stderr: job.stderr, duration: loop.now - job.began)
                )
            )
        }
    }

    /// Asking again means that it did not like the answer.
    private func answerPrompt() {
        guard let password, let timesAsked = prompt?.timesSeen else { return }
        if timesAsked == 1, !sentPassword {
            sentPassword = true
            channel?.send([Array(password.utf8) + [10]])
        } else if timesAsked > 1 {
            startFailed(.becomeRefused, "sudo on the host did not accept the password for \(target.user)")
        }
    }

    func ended(_ end: ChannelEnd) {
        guard !isEnded else { return }
        letGo()
        conversation.flush { handle($0) }
        switch end {
        case .linkLost(let reason):
            failAll { _ in (.linkLost, "the connection was lost before it reported a status: \(reason)") }
        case .refused(let reason):
            failAll { _ in (.shellLost, reason) }
        case .closed(let status, let signal):
            if !isGreeted {
                startFailed(explainedEnd(status, signal))
                return
            }
            let how = signal.map { "signal \($0)" } ?? status.map { "status \($0)" } ?? "no word"
            failAll { _ in (.shellLost, "the shell on the host ended (\(how)) before it reported a status") }
        }
    }

    /// The channel and its consumer hold each other; here they part.
    private func letGo() {
        isEnded = true
        feeder = nil
        channel?.drop()
        channel = nil
    }

    // MARK: Failing

    private func explainedEnd(_ status: Int32?, _ signal: String?) -> (RemoteError.Kind, String) {
        let said = Printable.sentence(complaint.isEmpty ? banner.bytes : complaint, limit: 200)
        if let become, said.contains("sudo") || status == 1 {
            let remedy =
                become.prompt == nil
                ? "; give the password with -K, or let \(target.user) use sudo without one" : ""
            return (.becomeRefused, "sudo on the host refused: \(said.isEmpty ? "no reason given" : said)\(remedy)")
        }
        // The words of OpenSSH's client.
        if said.contains("Session open refused by peer") {
            return (.shellLost, "the server opened no channel: MaxSessions in its sshd_config says how many it allows")
        }
        let how = signal.map { "signal \($0)" } ?? "status \(status.map(String.init) ?? "unknown")"
        return (.shellLost, "no shell on the host: it ended with \(how)\(said.isEmpty ? "" : ", saying: \(said)")")
    }

    private func startFailed(_ reason: (RemoteError.Kind, String)) { startFailed(reason.0, reason.1) }

    private func startFailed(_ kind: RemoteError.Kind, _ detail: String) {
        letGo()
        failAll { _ in (kind, detail) }
    }

    private func failAll(_ reason: (Job) -> (RemoteError.Kind, String)) {
        if let startTimer { loop.cancel(startTimer) }
        startTimer = nil
        if let (job, status) = ended { report(job, status) }
        ended = nil
        let failed = order.compactMap { jobs[$0] }
        jobs = [:]
        order = []
        for job in failed {
            if let timer = job.timer { loop.cancel(timer) }
            let (kind, detail) = reason(job)
            job.done(.failure(failure(of: job, kind, detail)))
        }
    }

    private func failure(of job: Job, _ kind: RemoteError.Kind, _ detail: String) -> RemoteError {
        RemoteError(kind, job.label, detail, stdout: job.stdout, stderr: job.stderr, after: loop.now - job.began)
    }

    /// The connection is closed from this side; whoever still waits is told.
    func close() {
        guard !isEnded else { return }
        letGo()
        failAll { _ in (.linkLost, "the connection was closed") }
    }
}

/// Durations in messages.
enum Seconds {
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration.inNanoseconds / 1_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
