import Reactor
import Shell
import Text

/// A host over OpenSSH's own client, for what libssh2 cannot do. One `ssh` logs in and stays as the master of a control
/// socket; every command is a small `ssh` through it, which logs in no more. When Baton is gone, however it went, the
/// master's input ends, and with it the master.
final class OpenSSHLink: Link, ChannelConsumer {
    private let program: LocalProgram
    private let target: Target
    private let loop: Loop
    private let token = Marker.random().text
    private var master: ProgramChannel?
    private var directory: String?
    private var whenOpen: ((SSHError?) -> Void)?
    private var deadline: Loop.Timer?
    private var said = [UInt8]()
    private var complaint = [UInt8]()
    /// Why there is no master any more.
    private var lost: String?

    /// rc files on the host may print before the shell answers.
    private static let greetingLimit = 1 << 20

    /// `program` is ssh with all its options; the rest of the line is added here.
    init(_ program: LocalProgram, _ target: Target, on loop: Loop) {
        self.program = program
        self.target = target
        self.loop = loop
    }

    var opened: SSHRemote.Opened { SSHRemote.Opened() }

    // MARK: Opening

    func open(_ done: @escaping (SSHError?) -> Void) {
        whenOpen = done
        let socket: String
        do throws(SystemError) {
            let directory = try Files.makeTemporaryDirectory(
                in: program.environment["TMPDIR"] ?? "/tmp",
                prefix: "baton-"
            )
            self.directory = directory
            socket = "\(directory)/s"
            if !target.known.isEmpty {
                // Keys that the inventory pins count alone, under a name that nobody else uses.
                let lines = target.known.map { "baton-pinned \($0.line)\n" }.joined()
                try Files.write(Array(lines.utf8), to: "\(directory)/known", mode: 0o600)
            }
        } catch {
            settle(SSHError(.configuration, error.description))
            return
        }
        // The input of `read` ends with Baton.
        let greet = "exec sh -c 'echo \(token); read baton'"
        let channel = ProgramChannel(ssh(["-M", "-S", socket], greet), self, on: loop)
        master = channel
        let limit = target.timeouts.connect + target.timeouts.login
        deadline = loop.after(limit) { [weak self] in
            guard let self else { return }
            deadline = nil
            let text = "no answer from \(target.place) through ssh within \(Seconds.text(limit))"
            settle(SSHError(.timedOut(.login), text))
        }
        channel.start()
    }

    private func ssh(_ options: [String], _ command: String) -> LocalProgram {
        // The first word on a matter counts.
        var result = program
        var first = options
        if let directory, !target.known.isEmpty {
            first += ["-o", "HostKeyAlias=baton-pinned", "-o", "UserKnownHostsFile=\(directory)/known"]
            first += ["-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes"]
        }
        result.arguments.insert(contentsOf: first, at: 1)
        result.arguments += ["-T", "-x", "-a", "-e", "none", "--", target.address, command]
        return result
    }

    private func settle(_ error: SSHError?) {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
        let done = whenOpen
        whenOpen = nil
        if error != nil { close() }
        done?(error)
    }

    // MARK: The master

    func started() {}

    func received(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer) {
        if stream == .stderr {
            if complaint.count < 4096 { complaint += bytes.prefix(4096) }
            return
        }
        guard whenOpen != nil else { return }
        said += bytes
        if said.split(separator: 10).contains(where: { $0.elementsEqual(token.utf8) }) {
            said = []
            settle(nil)
        } else if said.count > Self.greetingLimit {
            settle(SSHError(.library(0), "\(target.place) prints without end before its shell answers"))
        }
    }

    func ended(_ end: ChannelEnd) {
        master = nil
        let words = Printable.sentence(complaint, limit: 300)
        lost = words.isEmpty ? "ssh ended" : "ssh ended, saying: \(words)"
        guard whenOpen != nil else { return }
        if case .refused(let reason) = end {
            settle(SSHError(.configuration, reason, hint: "transport openssh needs OpenSSH's client on this machine"))
        } else {
            settle(OpenSSHWords.error(target.place, words))
        }
    }

    // MARK: Commands

    func channel(_ command: String, _ consumer: any ChannelConsumer) -> any CommandChannel {
        let socket = directory.map { "\($0)/s" } ?? "none"
        // Without its master it must not log in by itself.
        let client = ssh(["-o", "ControlMaster=no", "-o", "ProxyCommand=false", "-S", socket], command)
        return ProgramChannel(client, consumer, on: loop) { [weak self] exit in
            if exit == .exited(255), let self, let lost { return .linkLost(lost) }
            return ProgramChannel.plainly(exit)
        }
    }

    func close() {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
        master?.drop()
        master = nil
        if let directory { try? Files.removeTree(directory) }
        directory = nil
        let done = whenOpen
        whenOpen = nil
        done?(SSHError(.cancelled, "the connection to \(target.place) was given up"))
    }
}

/// What OpenSSH's client says when it fails, as kinds.
enum OpenSSHWords {
    static func error(_ place: String, _ words: String) -> SSHError {
        let lowered = words.lowercased()
        let kinds: [(String, SSHError.Kind)] = [
            ("host key verification failed", .hostKeyRefused), ("host identification has changed", .hostKeyRefused),
            ("permission denied", .authentication), ("too many authentication failures", .authentication),
            ("could not resolve hostname", .nameUnknown), ("connection refused", .refused),
            ("timed out", .timedOut(.connect)), ("no route to host", .unreachable),
            ("network is unreachable", .unreachable), ("kex_exchange_identification", .droppedBeforeBanner),
            ("connection reset", .dropped(.handshake)), ("unable to negotiate", .negotiation),
            ("bad configuration option", .configuration),
        ]
        let kind = kinds.first { lowered.contains($0.0) }?.1 ?? .dropped(.login)
        let text = words.isEmpty ? "ssh ended without a word" : "ssh says: \(words)"
        return SSHError(kind, "cannot log in to \(place) through OpenSSH's client: \(text)")
    }
}
