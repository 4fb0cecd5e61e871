import Events
import Fleet
import HostSide
import Run
import SSH
import Shell
import Supervision
import Text

/// A verb on one host: carried out there by one procedure, and then looked at.
struct ServiceVerbHost: Sendable {
    let verb: ServiceVerb
    let service: String
    let view: ServiceView

    func run() async -> HostResult { await run(ServicePrograms.verb(verb, .service(service))) }

    /// Another way to the same end.
    func run(_ operation: Operation) async -> HostResult {
        var result: HostResult
        do throws(RemoteError) {
            // The procedure has deadlines of its own on the host.
            let step = try await SingleStep.run(
                operation,
                "\(verb.rawValue) \(service)",
                on: view.remote,
                as: .standard,
                under: .operatorCommand,
                Limits(timeout: nil, output: 16 << 10)
            )
            result = self.result(step)
        } catch {
            result = HostResult(host: view.host, failedWith: error, view.redactor)
            if result.touched, let problem = result.problem {
                result.problem = .init(
                    kind: problem.kind,
                    message: problem.message,
                    hint: "the host goes on by itself: baton status \(service) says how it ended"
                )
            }
            // What the program printed until then is marks between steps, and nothing for people.
            result.execution = nil
            // Nobody may say that it runs.
            result.isDown = result.touched
            return result
        }
        do throws(ServiceView.Blind) {
            if let sighting = try await view.sighting(service) {
                let state = ServiceState(service, sighting)
                result.services = [state]
                // What dies again and again is seen to run in between.
                let mayDie = result.status == .failed && sighting.members.contains { $0.isYoung }
                // Who was kept from beginning leaves it to whoever is at work there.
                result.isDown = verb != .stop && result.touched && (!state.isRunning || mayDie)
            }
        } catch {
            // What was done has been seen to come true on the host; what failed may have left anything.
            result.isDown = result.status == .failed && result.touched
        }
        return result
    }

    private func result(_ step: SingleStep) -> HostResult {
        var result = HostResult(host: view.host, status: .changed, touched: true)
        let (stdout, stderr) = (step.stdout, step.stderr)
        func fail(_ kind: String, _ message: String, status: Int) {
            result.status = .failed
            result.problem = .init(kind: kind, message: message)
            var execution = HostResult.Execution(
                exit: status,
                stdout: stdout.clean(view.redactor),
                stderr: stderr.clean(view.redactor)
            )
            execution.stdoutDropped = stdout.dropped
            execution.stderrDropped = stderr.dropped
            result.execution = execution
        }
        switch step.end {
        case .done: break
        case .skipped: result.status = .ok
        case .stale: fail("changing", "it was changed by somebody else at the same time", status: 75)
        case .failed(ServicePrograms.busyStatus):
            fail(HostResult.lockedKind, Printable.sentence(stderr.bytes, limit: 300), status: 77)
            result.touched = false
        case .failed(let status):
            fail("\(verb.rawValue)_failed", "\(service) could not be brought to what it is to be", status: Int(status))
        case nil: fail("answer_incomplete", "the host ended the program without saying what became of it", status: 255)
        }
        return result
    }
}
