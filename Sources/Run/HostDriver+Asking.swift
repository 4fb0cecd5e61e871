import Events
import HostSide
import SSH

/// Checks that the controller makes, through a channel that the host connects for it.
extension HostDriver {
    func ask(_ number: Int, _ question: CheckQuestion, within limit: Duration) async {
        let exchange = await remote.exchange(
            with: ExchangePlace(question.place),
            sending: question.sending,
            limit: CheckQuestion.limit,
            within: limit
        ) { question.isEnough($0) }
        switch exchange {
        case .answer(let bytes): answered(number, question.complaint(about: bytes))
        case .refused(let reason): answered(number, "no connection to \(question.name): \(reason)")
        case .timedOut: answered(number, "no answer from \(question.name) within \(Waiting.text(limit))")
        case .impossible:
            progress.answered(number, .never("this way to the host has no channel to ask \(question.name) through"))
        case .lost(let reason):
            progress.broke(asking: number, HostResult.Problem(kind: "link_lost", message: reason))
        }
    }

    private func answered(_ number: Int, _ complaint: String?) {
        let words = complaint.map { common.surroundings.redactor.clean($0) }
        progress.answered(number, words.map { .wrong($0) } ?? .fine)
    }
}

extension ExchangePlace {
    init(_ place: CheckQuestion.Place) {
        switch place {
        // A port that is none was refused before.
        case .tcp(let host, let port): self = .tcp(host: host, port: UInt16(clamping: port))
        case .unix(let path): self = .unix(path)
        }
    }
}
