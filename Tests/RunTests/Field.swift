import Document
import Events
import Fleet
import HostSide
import Inventory
import Lab
import Playbook
import Reactor
import Run
import SSH
import Synchronization
import TestSupport

/// Some hosts under real sshd, and playbooks in memory that run on them.
struct Field: Sendable {
    let loop: Loop
    let lab: Lab
    let states: [Lab.HostState]
    var forks = 50
    var files: [String: String] = [:]
    var bytes: [String: [UInt8]] = [:]
    var secrets: [String: String] = [:]
    var confirm: RunSurroundings.Confirm?
    /// Lines of the inventory for a host, behind its `base`.
    var variables: [String: String] = [:]
    /// Changes how a host is reached.
    var reach: @Sendable (inout Target) -> Void = { _ in }
    /// Sees each event as it comes, on the loop.
    var watch: @Sendable (Event, Fleet) -> Void = { _, _ in }

    /// What a run came to.
    struct Played: Sendable {
        var report: RunReport
        var events: [Event]

        func result(_ host: String) -> HostResult? { report.results.first { $0.host == host } }

        /// One word per task.
        func statuses(_ host: String) -> [String] {
            result(host)?.tasks?.map { "\($0.number) \($0.status)" } ?? ["none"]
        }

        func task(_ number: Int, _ host: String) -> TaskResult? {
            result(host)?.tasks?.first { $0.number == number }
        }
    }

    /// Where a host keeps what playbooks make: `{{ base }}` in them.
    func base(_ name: String) -> String { lab.layout.host(name).home }

    func text(_ name: String, _ file: String) -> String? {
        (try? Files.read("\(base(name))/\(file)")).map { String(decoding: $0, as: UTF8.self) }
    }

    func targets() throws -> [Target] {
        let key = try PrivateKey(file: try Files.read(lab.layout.userKey), name: lab.layout.userKey)
        return try states.map { state in
            let words = String(decoding: try Files.read(lab.layout.host(state.name).hostKey + ".pub"), as: UTF8.self)
            let line = words.split(separator: " ").prefix(2).joined(separator: " ")
            var target = Target(
                name: state.name,
                address: "127.0.0.1",
                port: state.port,
                user: Surroundings.user,
                keys: [key],
                known: [HostKey(line: line)!]
            )
            reach(&target)
            return target
        }
    }

    func inventory() throws -> Inventory {
        var text = "all:\n  hosts:\n"
        for state in states {
            text += "    \(state.name): {base: '\(base(state.name))'\(variables[state.name].map { ", " + $0 } ?? "")}\n"
        }
        return try Inventory.parse([SourceText(name: "hosts.yml", text: text)])
    }

    func playbookRun(_ text: String) throws -> PlaybookRun {
        let inventory = try inventory()
        let (files, bytes, secrets) = (files, bytes, secrets)
        var surroundings = RunSurroundings(
            root: "/project",
            playbookFolder: "/project",
            redactor: Redactor(),
            read: { (path) throws(ContentProblem) in
                if let content = bytes[path] { return content }
                guard let text = files[path] else { throw ContentProblem("it is not there", isMissing: true) }
                return Array(text.utf8)
            },
            fetch: { (reference) async throws(SecretProblem) in
                guard case .environment(let name) = reference, let secret = secrets[name] else {
                    throw SecretProblem("there is none")
                }
                return secret
            },
            confirm: confirm
        )
        surroundings.large = LargeFiles.reader
        let playbook = try Playbook.parse(SourceText(name: "play.yml", text: text))
        return PlaybookRun(playbook, inventory, limit: inventory.hosts, surroundings, on: loop)
    }

    /// Prepares and runs. Each call is a run of its own.
    func play(
        _ text: String,
        _ options: RunOptions = RunOptions(changes: true),
        asksNobody: Bool = false
    ) async throws -> Played {
        let run = try playbookRun(text)
        try await run.prepare(asksNobody: asksNobody)
        return try await play(run, options)
    }

    func play(_ run: PlaybookRun, _ options: RunOptions) async throws -> Played {
        let recorder = Recorder(watch)
        let stream = EventStream(run: "test", clock: { Timestamp(nanosecondsSince1970: 0) }, observers: [recorder])
        let fleet = Fleet(try Library(), forks: forks, events: stream, on: loop)
        recorder.fleet = fleet
        let report = await run.run(options, on: fleet, try targets())
        await fleet.close()
        return Played(report: report, events: recorder.events)
    }
}

/// Writes events down.
private final class Recorder: EventObserver, @unchecked Sendable {
    // Unchecked: called on the loop, read when the run is over.
    private let watch: @Sendable (Event, Fleet) -> Void
    private(set) var events: [Event] = []
    weak var fleet: Fleet?

    init(_ watch: @escaping @Sendable (Event, Fleet) -> Void) { self.watch = watch }

    func observe(_ event: Event) {
        events.append(event)
        if let fleet { watch(event, fleet) }
    }
}

/// Hosts lab1 to labN for one test.
func withField(_ count: Int = 1, _ body: @escaping @Sendable (Field) async throws -> Void) async throws {
    try await withDirectory { directory in
        try await withLoop { loop in
            let lab = Lab(
                directory: "\(directory)/lab",
                user: Surroundings.user,
                environment: Surroundings.environment,
                on: loop
            )
            let states = try await lab.up(count)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(Field(loop: loop, lab: lab, states: states)))
            } catch {
                outcome = .failure(error)
            }
            try await lab.down()
            try outcome.get()
        }
    }
}
