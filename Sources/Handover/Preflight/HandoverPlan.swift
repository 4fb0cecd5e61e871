package import HostSide
package import Supervision
internal import Text

/// The order of a takeover, written from what was seen.
package enum HandoverPlan {
    /// What the caller decides.
    package struct Options: Equatable, Sendable {
        /// Random, 16 to 64 hexadecimal digits, new for each attempt.
        package var nonce: String
        /// The fencing epoch of the lease.
        package var epoch: UInt32
        package var lost = HandoverOrder.Lost.back
        /// The versions that the health check is to see.
        package var newVersion: String?
        package var oldVersion: String?
        /// So many good answers in a row, with so much time between them.
        package var probes = 5
        package var interval = Duration.milliseconds(500)
        package var stable = Duration.seconds(5)
        package var soakSeconds = 30
        package var confirmSeconds = 60
        /// Shell text that starts the service from nothing; only for when its old master has died.
        package var start: String?
        /// Workers of the new master, where its configuration says another number.
        package var workers: Int?

        package init(nonce: String, epoch: UInt32) {
            self.nonce = nonce
            self.epoch = epoch
        }
    }

    /// `flips` is what changes with the release; `health` and `listen` are of the instance that is taken over.
    package static func order(
        _ seen: HandoverSighting,
        _ decision: Preflight.Decision,
        service: ServiceDefinition,
        instance: Int = 0,
        health: Health?,
        flips: [HandoverOrder.Flip],
        _ options: Options
    ) throws(HandoverOrderError) -> HandoverOrder {
        guard decision.isTakeover, var profile = decision.profile else {
            throw HandoverOrderError("\(service.name) is not taken over: \(decision.because)")
        }
        guard let master = seen.master, let pidFile = service.handover.pidfile else {
            throw HandoverOrderError("nobody was seen whom \(service.name) could be taken over from")
        }
        let own = service.instances[min(instance, service.instances.count - 1)]
        profile.bootSeconds = max(1, Int(service.handover.boot.components.seconds))
        profile.drainSeconds = max(1, Int(service.handover.drain.components.seconds))
        // Its master waits for its workers as long as it was told to, and a moment.
        profile.stopSeconds = max(profile.stopSeconds, service.stopSeconds + 5)
        let count = workers(seen, profile).count
        var order = HandoverOrder(
            nonce: options.nonce,
            profile: profile,
            old: HandoverOrder.Identity(pid: master.pid, start: master.start, boot: seen.boot),
            uid: master.uid,
            gid: master.gid,
            user: service.user,
            pidFile: pidFile,
            flips: flips,
            workers: count,
            check: try check(health, listen: own.listen, service.name)
        )
        order.newWorkers = options.workers ?? seen.trialSettings["workers"].flatMap { Int($0) } ?? count
        (order.newVersion, order.oldVersion) = (options.newVersion, options.oldVersion)
        (order.probes, order.interval, order.stable) = (options.probes, options.interval, options.stable)
        (order.soakSeconds, order.confirmSeconds) = (options.soakSeconds, options.confirmSeconds)
        order.overrun = HandoverOrder.Overrun(rawValue: service.handover.overrun.rawValue) ?? .wait
        (order.lost, order.epoch, order.start) = (options.lost, options.epoch, options.start)
        // The conductor looks once more, right before anything changes.
        if let first = master.arguments.first, !master.isTitled, first.hasPrefix("/") { order.executable = first }
        if let path = seen.workingPath, seen.workingReal == master.directory { order.directory = path }
        order.logs = logs(service, instance)
        order.unit = seen.unit
        order.oldRelease = seen.currentReal
        return order
    }

    /// The workers of the master that runs.
    package static func workers(_ seen: HandoverSighting, _ profile: HandoverProfile?) -> [HandoverSighting.Child] {
        guard let title = profile?.workerTitle else { return seen.children }
        return seen.children.filter { $0.title.contains(title) }
    }

    private static func logs(_ service: ServiceDefinition, _ instance: Int) -> [String] {
        if case .home = service.logs { return [] }
        let instances = service.settled.instances
        return [instances[min(instance, instances.count - 1)].logFile].compactMap { $0 }
    }

    // MARK: How the service is asked

    private static let timeout = Duration.seconds(5)

    /// By its health check, else whether it lets anybody in.
    package static func check(
        _ health: Health?,
        listen: Address?,
        _ name: String
    ) throws(HandoverOrderError) -> Check {
        let check: Check
        switch (health?.question, listen) {
        case (.command(let line), _): check = Check(.command(ShellCommand(.line(line))), timeout: timeout)
        case (.http(let url, let status), _):
            var http: HTTPCheck
            do throws(HTTPAddress.Problem) {
                http = try request(url, listen)
            } catch {
                throw HandoverOrderError("the health check of \(name), \(Printable.line(url)), \(error.message)")
            }
            http.statuses = [status...status]
            (http.version, http.versionHeader) = (health?.version, health?.versionHeader)
            check = Check(.http(http), timeout: timeout)
        case (nil, .port(let host, let port)): check = Check(.tcp(host: host, port: port), timeout: timeout)
        case (nil, .socket(let path)): check = Check(.unix(path), timeout: timeout)
        case (nil, nil):
            throw HandoverOrderError(
                "\(name) has neither a health check nor an address: nobody could say whether it serves"
            )
        }
        if let problem = check.problem { throw HandoverOrderError("\(name) cannot be asked: \(problem)") }
        return check
    }

    /// `http://unix:/run/shop.sock/healthz` is what `http://{{ listen }}/healthz` makes of a socket.
    private static func request(_ url: String, _ listen: Address?) throws(HTTPAddress.Problem) -> HTTPCheck {
        if case .socket(let path)? = listen {
            for scheme in ["http://unix:", "https://unix:"] where url.hasPrefix(scheme + path) {
                let rest = url.dropFirst(scheme.count + path.count)
                guard rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix("?") else { continue }
                var http = HTTPCheck(host: "localhost", port: 80, path: rest.isEmpty ? "/" : String(rest))
                http.isTLS = scheme.hasPrefix("https")
                http.unixSocket = path
                return http
            }
        }
        let address = try HTTPAddress(url)
        var http = HTTPCheck(host: address.host, port: address.port, path: address.path)
        http.isTLS = address.isTLS
        return http
    }
}
