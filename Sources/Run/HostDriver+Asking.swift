import Events
import HostSide
import Playbook
import SSH
import Shell
import Text

/// What only asks a host: facts, looks, and checks through the connection.
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
                case .failure(let unseen): progress.broke(nil, unseen.problem)
                }
            }
        }
        progress.saw(answers)
    }

    private static func label(_ looks: [Look]) -> String {
        if case .content? = looks.first { "read what would change" } else { "look" }
    }

    private struct Unseen: Error {
        let problem: HostResult.Problem
    }

    private static func look(
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
            return .failure(Unseen(problem: problem(error)))
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
            case .command, .age: room + (4 << 10)
            }
        }
    }

    // MARK: Asking through the connection

    /// What came instead of what was wanted; nil if all is well.
    func ask(_ check: Check) async -> String? {
        let nothing = "there is nothing on the host to ask with"
        guard let question = CheckQuestion(check) else {
            return "\(nothing), and the connection cannot be asked through"
        }
        let place: ExchangePlace
        switch question.place {
        case .tcp(let host, let port): place = .tcp(host: host, port: UInt16(clamping: port))
        case .unix(let path): place = .unix(path)
        }
        let exchange = await remote.exchange(
            with: place,
            sending: question.sending,
            limit: CheckQuestion.limit,
            within: check.timeout,
            until: { question.isEnough($0) }
        )
        switch exchange {
        case .answer(let bytes): return question.complaint(about: bytes)
        case .refused(let reason): return "\(question.name) cannot be reached: \(reason)"
        case .timedOut: return "\(question.name) did not answer within \(Waiting.text(check.timeout))"
        case .impossible: return "\(nothing), and this way to the host has no other"
        case .lost(let reason): return reason
        }
    }
}
