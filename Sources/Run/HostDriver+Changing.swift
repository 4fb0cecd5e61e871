import Events
import HostSide
import Playbook
import SSH
import Shell

/// What changes a host: contents that are put there first, and the program that gives everything its place.
extension HostDriver {
    func apply(_ batch: Progress.Batch) async {
        let key = Marker.random()
        var staged: [Int: String] = [:]
        for step in batch.steps {
            guard case .file(let change) = step.operation, OperationsProgram.needsStaging(change),
                let content = change.content
            else { continue }
            let path = OperationsProgram.stagingPath(for: change, key: key)
            isTouched = true
            let failed: Result<Reply, RemoteError>
            do throws(RemoteError) {
                let limits = Limits(timeout: progress.timeout(of: step.number))
                let reply = try await put(content, at: path, as: Account(batch.account), limits)
                if reply.status == 0 {
                    staged[step.number] = path
                    continue
                }
                failed = .success(content.file.map { LargeFiles.explained(reply, $0) } ?? reply)
            } catch {
                guard case .timedOut(ended: true) = error.kind else {
                    return progress.broke(step.number, Self.problem(error, during: step.label))
                }
                failed = .failure(error)
            }
            // What comes before it is carried out all the same, and what comes after it if that is to be ignored.
            let before = batch.steps.prefix { $0.number != step.number }
            guard await run(before, batch.account, key, staged) else { return }
            switch failed {
            case .success(let reply): progress.ended(step.number, StepReport(reply, redactor))
            case .failure(let error): progress.timedOut(step.number, Self.problem(error, during: step.label))
            }
            return progress.applied(before.count + 1)
        }
        if await run(batch.steps[...], batch.account, key, staged) { progress.applied() }
    }

    /// The sum of a large file that has none yet is made while the file is sent: there it is said what arrived, here what
    /// was sent.
    private func put(
        _ content: FileChange.Content,
        at path: String,
        as account: Account,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply {
        guard let file = content.file else {
            let upload = Upload(destination: path, mode: 0o600, sha256: content.sha256, size: content.size)
            return try await remote.put(.bytes(content.bytes), upload, as: account, under: .playbook, limits)
        }
        let known = content.isSummed ? content.sha256 : nil
        let upload = Upload(destination: path, mode: 0o600, sha256: known, size: content.size)
        let bytes = LargeFiles.upload(file, content.size)
        if known != nil { return try await remote.put(bytes, upload, as: account, under: .playbook, limits) }
        async let summing = common.measuring.sum(of: file.path)
        let outcome: Result<Reply, RemoteError>
        do throws(RemoteError) {
            outcome = .success(try await remote.put(bytes, upload, as: account, under: .playbook, limits))
        } catch {
            outcome = .failure(error)
        }
        let problem = await summing
        let reply = try outcome.get()
        if reply.status != 0 || (problem == nil && upload.said(reply) == content.sha256) { return reply }
        _ = try await remote.run(upload.removal, as: account, under: .playbook, limits, nil)
        return LargeFiles.refused(reply, file, content.size, problem)
    }

    private var redactor: Redactor { common.surroundings.redactor }

    /// False if its end was not seen.
    @discardableResult
    private func run(_ steps: ArraySlice<Step>, _ account: TaskAccount, _ key: Marker, _ staged: [Int: String]) async
        -> Bool
    {
        if steps.isEmpty { return true }
        isTouched = true
        hasEnded = false
        let listener = StepListener(self, key, steps)
        let program = OperationsProgram(Array(steps), key: key, staged: staged).program
        let account = Account(account)
        async let stopping: Bool = stopBetweenSteps(key, account)
        let outcome: Result<Reply, RemoteError>
        do throws(RemoteError) {
            let limits = Limits(timeout: nil, output: 16 << 10)
            let reply = try await remote.run(program, as: account, under: .playbook, limits) { listener.heard($0, $1) }
            outcome = .success(reply)
        } catch {
            outcome = .failure(error)
        }
        listener.end()
        hasEnded = true
        whenEnded?()
        if await stopping { await beside(OperationsProgram.unstop(key: key), account) }
        switch outcome {
        case .success: return true
        case .failure(let error):
            if let number = listener.overdue(error) {
                progress.timedOut(number, listener.problem(error))
                return false
            }
            // Where sudo refuses, no step begins: the first shows it.
            let first = error.kind == .becomeRefused ? steps.first?.number : nil
            progress.broke(listener.current?.number ?? first, listener.problem(error))
            return false
        }
    }

    // MARK: Stopping between two steps

    /// Waits until the program has ended, or tells it not to begin another step: true if it did.
    private func stopBetweenSteps(_ key: Marker, _ account: Account) async -> Bool {
        let isAsked = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            if hasEnded { return continuation.resume(returning: false) }
            if isStopped { return continuation.resume(returning: true) }
            whenStopped = { [self] in
                (whenStopped, whenEnded) = (nil, nil)
                continuation.resume(returning: true)
            }
            whenEnded = { [self] in
                (whenStopped, whenEnded) = (nil, nil)
                continuation.resume(returning: false)
            }
        }
        if isAsked { await beside(OperationsProgram.stop(key: key), account) }
        return isAsked
    }

    /// If it cannot be run, all steps of the program end, and nothing comes after them.
    private func beside(_ program: ReadingProgram, _ account: Account) async {
        do throws(RemoteError) {
            _ = try await remote.runBeside(program, as: account, Limits(timeout: .seconds(30)))
        } catch {}
    }
}
