import Reactor
import Shell

/// A command whose input and output are those of a program on this machine: a shell, or `ssh`.
final class ProgramChannel: CommandChannel {
    private let program: LocalProgram
    private let loop: Loop
    private var consumer: (any ChannelConsumer)?
    private var child: RunningChild?
    private var queued: [[UInt8]] = []
    private var sent = 0
    private var openStreams = 2
    /// How its end is to be told, where an exit status alone does not say it.
    private let explain: (ChildExit) -> ChannelEnd

    init(
        _ program: LocalProgram,
        _ consumer: any ChannelConsumer,
        on loop: Loop,
        explain: @escaping (ChildExit) -> ChannelEnd = ProgramChannel.plainly
    ) {
        self.program = program
        self.consumer = consumer
        self.loop = loop
        self.explain = explain
    }

    static func plainly(_ exit: ChildExit) -> ChannelEnd {
        switch exit {
        case .exited(let status): .closed(status: status, signal: nil)
        case .signaled(let signal): .closed(status: nil, signal: "\(signal)")
        case .unknown: .closed(status: nil, signal: nil)
        }
    }

    func start() {
        do throws(SystemError) {
            let child = try RunningChild(
                program.arguments,
                environment: program.environment,
                directory: program.directory,
                on: loop
            )
            self.child = child
            child.handler = { [weak self] in self?.handle($0) }
        } catch {
            end(.refused(error.description))
            return
        }
        consumer?.started()
        write()
    }

    func send(_ pieces: [[UInt8]]) {
        queued += pieces.filter { !$0.isEmpty }
        write()
    }

    private func write() {
        while let child, let first = queued.first {
            let room = first.count - sent
            let taken = first.withUnsafeBytes { child.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            sent += taken
            if taken < room { return }
            queued.removeFirst()
            sent = 0
        }
        if child != nil, queued.isEmpty { consumer?.hasRoom() }
    }

    private func handle(_ event: RunningChild.Event) {
        switch event {
        case .received(let stream, let bytes): consumer?.received(stream == .output ? .stdout : .stderr, bytes)
        case .drained: write()
        case .inputClosed: queued = []
        case .ended:
            openStreams -= 1
            endIfOver()
        case .exited:
            // A child that it left behind may hold the output; what is still on its way gets a second.
            loop.after(.seconds(1)) { [weak self] in self?.endWithExit() }
            endIfOver()
        }
    }

    private func endIfOver() { if openStreams == 0, child?.exit != nil { endWithExit() } }

    private func endWithExit() { if let exit = child?.exit { end(explain(exit)) } }

    private func end(_ end: ChannelEnd) {
        let consumer = consumer
        drop()
        consumer?.ended(end)
    }

    func drop() {
        consumer = nil
        queued = []
        child?.close()
        child = nil
    }
}

/// This machine itself, without SSH: every command is a shell of its own.
final class LocalLink: Link {
    private let program: LocalProgram
    private let loop: Loop

    init(_ program: LocalProgram, on loop: Loop) {
        self.program = program
        self.loop = loop
    }

    var opened: SSHRemote.Opened { SSHRemote.Opened() }

    func open(_ done: @escaping (SSHError?) -> Void) { done(nil) }

    func channel(_ command: String, _ consumer: any ChannelConsumer) -> any CommandChannel {
        var shell = program
        shell.arguments.append(command)
        return ProgramChannel(shell, consumer, on: loop)
    }

    func tunnel(to place: ExchangePlace, tells: Bool, _ consumer: any ChannelConsumer) -> (any CommandChannel)? { nil }

    func close() {}
}
