import Events
import HostSide
import Playbook
import SSH
import Shell
import Text

/// What only looks: the facts of a host, and what it is before anything is changed.
extension HostDriver {
    func learnFacts() async {
        do throws(RemoteError) {
            let reply = try await remote.run(Facts.program, Limits(), nil)
            progress.learned(Facts.parse(reply.stdout.bytes))
        } catch {
            progress.broke(nil, Self.problem(error))
        }
    }

    func look(_ looks: [TaskAccount: [Look]]) async {
        var answers: [TaskAccount: Sightings] = [:]
        let asked = looks.sorted { "\($0.key)" < "\($1.key)" }
        await withTaskGroup(of: (TaskAccount, Result<Sightings, Unseen>).self) { group in
            for (account, looks) in asked {
                let program = Looking.program(looks)
                if common.keepsPrograms {
                    let shown = progress.holdsSecrets ? Looking.program(looks.map(\.withoutSecrets)) : program
                    programs.append(SentProgram(Self.label(looks), account, shown.text))
                }
                let remote = remote
                group.addTask(executorPreference: loop) {
                    (account, await Self.look(looks, program, Account(account), remote))
                }
            }
            for await (account, result) in group {
                switch result {
                case .success(let seen): answers[account] = seen
                case .failure(let unseen) where unseen.isRefused: progress.refused(account, unseen.problem)
                case .failure(let unseen): progress.broke(nil, unseen.problem)
                }
            }
        }
        progress.saw(answers)
    }

    private static func label(_ looks: [Look]) -> String {
        if case .content? = looks.first { "read what would change" } else { "look" }
    }

    struct Unseen: Error {
        let problem: HostResult.Problem
        /// It could not become the account.
        var isRefused = false
    }

    /// A task that failed half way may have left something down that is to run: the host says whether it did.
    func lookAfter() async {
        guard let (account, work, look) = progress.aftermath else { return }
        switch await Self.look([look], Looking.program([look]), Account(account), remote) {
        case .success(let seen): isDown = work.isDown(seen[look])
        case .failure: isDown = true
        }
    }

    static func look(
        _ looks: [Look],
        _ program: ReadingProgram,
        _ account: Account,
        _ remote: SSHRemote
    ) async -> Result<Sightings, Unseen> {
        let reply: Reply
        do throws(RemoteError) {
            reply = try await remote.run(
                program,
                as: account,
                Limits(timeout: .seconds(600), output: room(for: looks)),
                nil
            )
        } catch {
            return .failure(Unseen(problem: problem(error), isRefused: error.kind == .becomeRefused))
        }
        do throws(LookingError) {
            return .success(try Looking.read(reply.stdout.bytes, looks))
        } catch {
            let said = Printable.sentence(reply.stderr.bytes, limit: 200)
            let more = said.isEmpty ? "" : "; it said: \(said)"
            return .failure(
                Unseen(
                    problem: .init(kind: "look_failed", message: "it cannot be looked at: \(error.description)\(more)")
                )
            )
        }
    }

    /// What an honest answer may take.
    private static func room(for looks: [Look]) -> Int {
        looks.reduce(64 << 10) { room, look in
            switch look {
            case .path: room + (10 << 10)
            case .content(_, let limit): room + limit * 4 + (4 << 10)
            case .command, .age, .name: room + (4 << 10)
            case .script: room + HostScript.lookLimit + (4 << 10)
            }
        }
    }
}
