import Reactor
import Text

/// The input and output of a program on this machine: ssh's ProxyCommand.
final class ProgramCarrier: Carrier {
    weak var owner: (any CarrierOwner)?
    let places: [String]
    private let program: LocalProgram
    private let loop: Loop
    private var child: RunningChild?
    private var complaint: [UInt8] = []

    init(_ program: LocalProgram, to place: String, on loop: Loop) {
        self.program = program
        self.loop = loop
        places = ["\(place) through its proxy command"]
    }

    func connect(to place: Int, within limit: Duration) {
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
            owner?.carrierConnected(ConnectFailure(reason: error.description))
            return
        }
        owner?.carrierConnected(nil)
    }

    private func handle(_ event: RunningChild.Event) {
        switch event {
        case .received(.output, let bytes): owner?.carrierReceived(bytes)
        case .received(.errors, let bytes): if complaint.count < 1024 { complaint += bytes.prefix(1024) }
        case .drained: owner?.carrierHasRoom()
        case .ended(.output), .inputClosed, .exited:
            // What it says about its end may still be on its way.
            loop.after(.milliseconds(50)) { [weak self] in self?.end() }
        case .ended(.errors): break
        }
    }

    private func end() {
        let said = Printable.sentence(complaint, limit: 200)
        let how =
            switch child?.exit {
            case .exited(let status): " with status \(status)"
            case .signaled(let signal): " by signal \(signal)"
            case .unknown, nil: ""
            }
        let reason = "the proxy command ended\(how)\(said.isEmpty ? "" : ", saying: \(said)")"
        // What a shell says of a program that is not there, or is none.
        let isPermanent = child?.exit == .exited(126) || child?.exit == .exited(127)
        owner?.carrierEnded(Wire.End(code: 0, reason: reason, isPermanent: isPermanent))
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Int { child?.write(bytes) ?? 0 }

    func expectsAnswer() {}

    func close() {
        owner = nil
        child?.close()
        child = nil
    }
}
