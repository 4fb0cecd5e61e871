import CSystem
import Events
import Fleet
import Reactor
import Report
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// SIGINT, SIGTERM and SIGHUP during a run: stop, then end what runs, then leave.
final class Interrupts {
    private(set) var count = 0
    /// The same for other threads.
    let isHeard = Flag()
    private var signals: Signals?
    private var fleet: Fleet?
    private let context: Context

    init(_ context: Context) throws(CommandError) {
        self.context = context
        // Under nohup the lost terminal is meant not to matter.
        let numbers = [SIGINT, SIGTERM] + (baton_is_ignored(SIGHUP) == 1 ? [] : [SIGHUP])
        do throws(SystemError) {
            // The loop keeps the handler, and the handler keeps this, as long as the process lives.
            signals = try Signals(numbers, on: context.loop) { [self] _ in interrupted() }
        } catch {
            throw CommandError(error.description)
        }
    }

    /// Whose run it is that interrupts stop from here on.
    func guide(_ fleet: Fleet?) { self.fleet = fleet }

    private func interrupted() {
        count += 1
        isHeard.set()
        guard let fleet else {
            context.stderr.write("interrupted: nothing was changed\n")
            context.stderr.flush()
            exit(Events.ExitCode.interrupted.rawValue)
        }
        switch count {
        case 1: fleet.assumeIsolated { $0.stop() }
        case 2: Task(executorPreference: context.loop) { await fleet.cancel() }
        default: leave(fleet)
        }
    }

    private func leave(_ fleet: Fleet) -> Never {
        let (running, keys) = fleet.assumeIsolated { ($0.running, $0.newHostKeys) }
        _ = KnownHostsBook().remember(keys)
        let names = running.isEmpty ? "" : ": -l \(HostList.limit(running))"
        context.stderr.write("left while \(HostList.count(running.count)) still ran a command\(names)\n")
        context.stderr.flush()
        exit(Events.ExitCode.interrupted.rawValue)
    }
}

/// Something that has happened, for every thread.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
