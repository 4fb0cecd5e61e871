import Events
import HostSide
import Playbook
import SSH
import Shell
import Text

/// Single calls to the host, and what their ends mean.
extension HostDeployment {
    /// Taken anew before each part: nobody else has changed anything since then, or this run is told who has.
    func lease(_ root: ReleaseRoot) async throws(Stop) -> Lease {
        let label = "take the lease of \(root.path)"
        let request: HostScript
        do throws(ReleaseError) {
            request = try LeaseRequest.take(root, owner: owner, seconds: keeper.seconds)
        } catch {
            throw Stop(failed("lease", error.description))
        }
        let step: SingleStep
        switch await steadily(.script(request), label, .playbook, seconds: 60) {
        case .failure(let error): throw Stop(failed("link_lost", "\(label): \(error.detail)"))
        case .success(let own): step = own
        }
        let status: Int32
        switch step.end {
        case .done: status = 0
        case .failed(let own): status = own
        case .skipped, .stale, nil: throw Stop(failed("lease", "\(label): the host did not say what became of it"))
        }
        let answer: LeaseAnswer
        do throws(ReleaseError) {
            answer = try LeaseRequest.read(
                step.stdout.bytes,
                status: status,
                errors: step.stderr.bytes,
                root: root,
                owner: owner
            )
        } catch {
            throw Stop(failed("lease", "\(label): \(error)"))
        }
        switch answer {
        case .held(let lease):
            held = lease
            await keeper.hold(lease, of: host, remote, account)
            return lease
        case .refused(let holder):
            let words = "\(holder.owner) holds \(root.path) for \(holder.secondsLeft) s more"
            throw Stop(DeployReport(.locked, "locked", words, hint: "wait, and run again"))
        }
    }

    /// It ends by itself where that does not get through.
    func release(_ lease: Lease) async {
        held = nil
        await keeper.drop(lease.root, of: host)
        _ = await step(.script(LeaseRequest.release(lease)), "give back the lease", lease.authority, seconds: 60)
    }

    @discardableResult
    func change(
        _ change: ReleaseChange,
        _ label: String,
        _ lease: Lease,
        seconds: Int = 120
    ) async throws(Stop) -> [ReleaseAnswer] {
        let operation: Operation
        do throws(ReleaseError) {
            operation = try change.operation(under: lease, run: run)
        } catch {
            throw Stop(failed("release", error.description))
        }
        switch await steadily(operation, label, lease.authority, seconds: seconds) {
        case .failure(let error): throw Stop(failed("link_lost", "\(label): \(error.detail)"))
        case .success(let step):
            switch step.end {
            case .done: return (try? ReleaseAnswer.read(step.stdout.bytes)) ?? []
            case .skipped: return []
            case .stale:
                throw Stop(failed("changing", "\(label): somebody else changed it: \(said(step.stderr.bytes))"))
            case .failed(ReleaseStatus.busy), .failed(ReleaseStatus.fenced):
                throw Stop(DeployReport(.locked, "locked", "\(label): \(said(step.stderr.bytes))"))
            case .failed: throw Stop(failed("release", "\(label): \(said(step.stderr.bytes))"))
            case nil: throw Stop(failed("release", "\(label): the host did not say what became of it"))
            }
        }
    }

    func step(
        _ operation: Operation,
        _ label: String,
        _ authority: Authority,
        seconds: Int?,
        tries: Int = 1
    ) async -> Result<SingleStep, RemoteError> {
        do throws(RemoteError) {
            let limits = Limits(timeout: seconds.map { .seconds($0) }, output: 64 << 10)
            return .success(
                try await SingleStep.run(
                    operation,
                    label,
                    on: remote,
                    as: account,
                    under: authority,
                    limits,
                    retries: tries - 1
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// What says itself whether it is done already: once more where the connection was lost, and is there again.
    func steadily(
        _ operation: Operation,
        _ label: String,
        _ authority: Authority,
        seconds: Int?
    ) async -> Result<SingleStep, RemoteError> {
        let first = await step(operation, label, authority, seconds: seconds)
        guard case .failure(let error) = first, await isBack(after: error) else { return first }
        return await step(operation, label, authority, seconds: seconds)
    }

    func look(_ looks: [Look]) async -> Result<Sightings, HostDriver.Unseen> {
        let first = await HostDriver.look(looks, Looking.program(looks), account, remote)
        guard case .failure(let unseen) = first, unseen.problem.kind == "link_lost",
            await reconnect()
        else { return first }
        return await HostDriver.look(looks, Looking.program(looks), account, remote)
    }

    func failed(_ kind: String, _ message: String) -> DeployReport {
        DeployReport(.failed, kind, redactor.clean(message))
    }

    /// The last lines that somebody said, on one line.
    func said(_ bytes: [UInt8]) -> String {
        let text = Printable.sentence(bytes.suffix(2000), limit: 1000)
        return redactor.clean(text.isEmpty ? "it said nothing" : text)
    }
}
