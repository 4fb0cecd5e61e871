import Reactor
import Shell
import Text

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A host over OpenSSH's own client, for what libssh2 cannot do. One `ssh` logs in and stays as the master of a control
/// socket; every command is a small `ssh` through it, which logs in no more. When Baton is gone, however it went, the
/// master's input ends, and with it the master.
final class OpenSSHLink: Link, ChannelConsumer {
    private let program: LocalProgram
    private let pins: [[HostKey]]
    private let target: Target
    private let loop: Loop
    private let token = Marker.random().text
    private var master: ProgramChannel?
    private var directory: String?
    private var whenOpen: ((SSHError?) -> Void)?
    private var deadline: Loop.Timer?
    private var said = 0
    private var tail = [UInt8]()
    private var complaint = [UInt8]()
    /// Why there is no master any more.
    private var lost: String?

    /// rc files on the host may print before the shell answers.
    private static let greetingLimit = 1 << 20

    /// `program` is ssh with all its options; the rest of the line is added here.
    init(_ program: LocalProgram, pins: [[HostKey]], _ target: Target, on loop: Loop) {
        self.program = program
        self.pins = pins
        self.target = target
        self.loop = loop
    }

    var opened: SSHRemote.Opened { SSHRemote.Opened() }

    // MARK: Opening

    func open(_ done: @escaping (SSHError?) -> Void) {
        whenOpen = done
        do throws(SystemError) {
            directory = try makeDirectory()
        } catch {
            settle(SSHError(.configuration, error.description))
            return
        }
        // The input of `read` ends with Baton.
        let greet = "exec sh -c 'printf \"\\n%s\\n\" \(token); read baton'"
        let channel = ProgramChannel(master(greet), self, on: loop)
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

    /// A name that is short enough for a socket, and that neither ssh nor a shell reads anything into.
    private func makeDirectory() throws(SystemError) -> String {
        let places = ["XDG_RUNTIME_DIR", "TMPDIR"].compactMap { program.environment[$0] }
        var last = SystemError(code: ENOENT, doing: "make a private directory for ssh's control socket")
        for place in places.filter(Self.isUsable) + ["/tmp"] {
            do throws(SystemError) {
                let directory = try Files.makeTemporaryDirectory(in: place, prefix: "baton-")
                if pins.contains(where: { !$0.isEmpty }) {
                    try Files.write(Array(OpenSSHPins.text(pins).utf8), to: "\(directory)/known", mode: 0o600)
                }
                return directory
            } catch {
                last = error
            }
        }
        throw last
    }

    private static func isUsable(_ place: String) -> Bool {
        // ssh adds a suffix of 17 bytes to the socket while it makes it, and 104 is what some systems have room for.
        place.hasPrefix("/") && place.utf8.count < 60
            && place.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The first ssh, behind a shell that removes the directory when ssh has ended: also when Baton is gone by then.
    private func master(_ command: String) -> LocalProgram {
        let clean = "d=$1; shift; \"$@\"; s=$?; rm -f \"$d/s\" \"$d/known\"; rmdir \"$d\" 2>/dev/null; exit \"$s\""
        var result = ssh(["-M"], command)
        result.arguments.insert(contentsOf: ["sh", "-c", clean, "baton-ssh", directory ?? ""], at: 0)
        return result
    }

    private func ssh(_ options: [String], _ command: String?) -> LocalProgram {
        // The first word on a matter counts.
        var result = program
        let directory = directory ?? "/nonexistent"
        result.arguments = result.arguments.map { $0.replacing(OpenSSHPins.file, with: "\(directory)/known") }
        result.arguments.insert(contentsOf: options + ["-S", "\(directory)/s"], at: 1)
        result.arguments += ["-T", "-x", "-a", "-e", "none", "--", target.address] + [command].compactMap { $0 }
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
        said += bytes.count
        // The end of what came is enough: nobody prints behind the token.
        tail = Array((tail + bytes).suffix(4096))
        if tail.split(separator: 10).contains(where: { $0.elementsEqual(token.utf8) }) {
            tail = []
            settle(nil)
        } else if said > Self.greetingLimit {
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
        client([], command, consumer)
    }

    private func client(_ options: [String], _ command: String?, _ consumer: any ChannelConsumer) -> ProgramChannel {
        // Without its master it must not log in by itself.
        let client = ssh(["-o", "ControlMaster=no", "-o", "ProxyCommand=false"] + options, command)
        return ProgramChannel(client, consumer, on: loop) { [weak self] exit in
            if exit == .exited(255), let self, let lost { return .linkLost(lost) }
            return ProgramChannel.plainly(exit)
        }
    }

    // It does not say when the host has connected, and knows no sockets there.
    func tunnel(to place: ExchangePlace, tells: Bool, _ consumer: any ChannelConsumer) -> (any CommandChannel)? {
        guard !tells, case .tcp(let host, let port) = place else { return nil }
        return client(["-W", host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"], nil, consumer)
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
        let hint =
            kind == .hostKeyRefused ? "pin its key with host_key, or run with --accept-new-host-keys if it is new" : nil
        return SSHError(kind, "cannot log in to \(place) through OpenSSH's client: \(text)", hint: hint)
    }
}
