/// Something that happened in a run. The terminal, JSON and every other report are readers of one stream of these.
package struct Event: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case runStarted(command: String, hosts: Int)
        case hostConnecting(attempt: Int)
        case hostRetrying(attempt: Int, milliseconds: Int, reason: String)
        case hostConnected(milliseconds: Int)
        case hostKeyAccepted(fingerprint: String)
        case hostOutput(stream: String, text: String)
        /// A task of a playbook begins on a host.
        case taskStarted(number: Int, name: String, kind: String)
        case taskFinished(TaskResult)
        /// Something of a service that is being handed over.
        case handover(service: String, HandoverEvent)
        case hostFinished(HostResult)
        /// The first interrupt: nothing new starts.
        case runStopping
        /// The second: what runs is ended.
        case runCancelling
        case warning(String)
        case runFinished(RunResult)
    }

    package let sequence: Int
    package let run: String
    package let at: Timestamp
    package let host: String?
    package let kind: Kind

    package init(sequence: Int, run: String, at: Timestamp, host: String?, kind: Kind) {
        self.sequence = sequence
        self.run = run
        self.at = at
        self.host = host
        self.kind = kind
    }
}

/// A reader of the stream. Called in order, on the loop.
package protocol EventObserver: AnyObject {
    func observe(_ event: Event)
}

/// The one place where events get their number and time. Confined to the loop by whoever owns it.
package final class EventStream {
    package let run: String
    private let clock: () -> Timestamp
    private var observers: [any EventObserver]
    private var sequence = 0

    package init(run: String, clock: @escaping () -> Timestamp, observers: [any EventObserver]) {
        self.run = run
        self.clock = clock
        self.observers = observers
    }

    package func emit(_ kind: Event.Kind, host: String? = nil) {
        sequence += 1
        let event = Event(sequence: sequence, run: run, at: clock(), host: host, kind: kind)
        for observer in observers { observer.observe(event) }
    }
}

/// The name of a run: when it began, and enough chance that two at the same second differ.
package enum RunName {
    package static func make(_ at: Timestamp, random: UInt32) -> String {
        let digits = at.description.filter(\.isNumber).prefix(14)
        let suffix = String(random & 0xff_ffff, radix: 36)
        return "\(digits.prefix(8))-\(digits.suffix(6))-\(suffix)"
    }
}
