package import Document
import Text

/// What a condition about an outcome says.
package enum Verdict: Sendable, Equatable {
    case judged(changed: Bool, failed: Bool)
    /// It needs this variable, which is not known yet.
    case waits(for: String)
    case needs(SecretReference)
}

extension HostScope {
    /// Understands a task of the play that was entered, as far as it can be. What cannot be right is thrown, with its
    /// place; which host it was is for the caller to say (`HostProblems`).
    package func resolve(_ task: TaskDefinition, _ contents: Contents) throws(DocumentError) -> Resolution {
        if var known = contents.task(task.number) {
            // `become` alone means a user whom the inventory names for each host.
            if user(of: task) == nil { known.account = plainAccount(of: task) }
            return .ready(known)
        }
        var evaluator = evaluator(for: task)
        for condition in task.when {
            do throws(DocumentError) {
                if try evaluator.holds(condition) { continue }
                contents.learn(evaluator.secrets)
                return .skipped("\(Printable.quoted(condition.written, limit: 80)) does not hold")
            } catch {
                if let wait = evaluator.wait { return Resolution(wait) }
                throw error
            }
        }
        var resolver = TaskResolver(evaluator, contents, task, environment: environment(of: task))
        resolver.isHostOwn = !task.when.isEmpty
        do throws(DocumentError) {
            let work = try task.body.work(for: &resolver)
            let account = try account(of: task, &resolver)
            contents.learn(resolver.evaluator.secrets)
            let isTainted = resolver.isTainted
            let name = try name(of: task, &resolver)
            let ready = ResolvedTask(
                number: task.number,
                name: name,
                account: account,
                work: work,
                isTainted: isTainted,
                raws: resolver.raws
            )
            if !resolver.isHostOwn { contents.keep(ready) }
            return .ready(ready)
        } catch {
            contents.learn(resolver.evaluator.secrets)
            if let wait = resolver.evaluator.wait { return Resolution(wait) }
            if contents.isWaiting { return .needsFiles }
            throw error
        }
    }

    /// What `changed_when` and `failed_when` make of an outcome; where they say nothing, it stays as it is.
    package func judge(
        _ task: TaskDefinition,
        _ outcome: TaskOutcome,
        _ contents: Contents
    ) throws(DocumentError) -> Verdict {
        if task.changedWhen.isEmpty, task.failedWhen.isEmpty {
            return .judged(changed: outcome.changed, failed: outcome.failed)
        }
        var evaluator = evaluator(for: task, withResult: outcome.value(named: task.register ?? "the task"))
        do throws(DocumentError) {
            let failed = try all(task.failedWhen, &evaluator) ?? outcome.failed
            let changed = try all(task.changedWhen, &evaluator) ?? outcome.changed
            contents.learn(evaluator.secrets)
            return .judged(changed: changed, failed: failed)
        } catch {
            switch evaluator.wait {
            case .variable(let name): return .waits(for: name)
            case .secret(let reference): return .needs(reference)
            case nil: throw error
            }
        }
    }

    private func all(_ conditions: [Template], _ evaluator: inout Evaluator) throws(DocumentError) -> Bool? {
        for condition in conditions where try !evaluator.holds(condition) { return false }
        return conditions.isEmpty ? nil : true
    }

    // A name says what will happen; it is no reason to wait, and no place for a secret.
    private func name(of task: TaskDefinition, _ resolver: inout TaskResolver) throws(DocumentError) -> String {
        guard let argument = task.name else { return title(of: task, resolver) }
        do throws(DocumentError) {
            guard let reading = try resolver.reading(argument), !reading.value.isTainted else { return task.title }
            return try reading.text()
        } catch {
            if resolver.evaluator.wait != nil { return task.title }
            throw error
        }
    }
}

extension HostScope {
    /// What a task without a name works on here. Its body has been evaluated, so nothing new is asked for.
    private func title(of task: TaskDefinition, _ resolver: TaskResolver) -> String {
        var resolver = resolver
        guard let subject = task.subject, let text = try? resolver.shown(subject) else { return task.title }
        return task.kind + " " + Printable.sentence(Array(text.utf8), limit: TaskDefinition.Subject.mostBytes)
    }
}

extension Resolution {
    fileprivate init(_ wait: Wait) {
        switch wait {
        case .variable(let name): self = .waits(for: name)
        case .secret(let reference): self = .needs(reference)
        }
    }
}
