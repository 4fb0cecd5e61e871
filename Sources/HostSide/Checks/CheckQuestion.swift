import Text

/// The controller's own rung: what to send through the connection, and what to think of what comes back.
package struct CheckQuestion: Sendable {
    /// Where the host is to connect to.
    package enum Place: Equatable, Sendable {
        case tcp(host: String, port: Int)
        case unix(String)
    }

    package let place: Place
    /// The place in sentences.
    package let name: String
    /// Nothing: it is enough to be let in.
    package let sending: [UInt8]
    private let http: HTTPCheck?

    /// Nil where it cannot be asked through the connection: a command, and TLS, which would have to be spoken here.
    package init?(_ check: Check) {
        guard check.need?.worksThroughConnection == true else { return nil }
        switch check.target {
        case .command: return nil
        case .tcp(let host, let port):
            (place, sending, http) = (.tcp(host: host, port: port), [], nil)
            name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path):
            (place, sending, http) = (.unix(path), [], nil)
            name = path
        case .http(let check):
            place = check.unixSocket.map { .unix($0) } ?? .tcp(host: check.host, port: check.port)
            (sending, http) = (HTTPRequest(check).bytes, check)
            name = HTTPRequest(check).place
        }
    }

    /// As much as is worth waiting for.
    package static let limit = 192 << 10

    /// Whether enough has come to judge.
    package func isEnough(_ answer: [UInt8]) -> Bool {
        guard let http else { return true }
        switch HTTPAnswer.read(answer, method: HTTPRequest(http).method, isOver: false) {
        case .needsMore: return false
        case .foreign: return true
        case .answer(let answer): return answer.isWhole
        }
    }

    /// What came instead of what was wanted; nil if all is well. The words are those of `checks.sh`.
    package func complaint(about bytes: [UInt8]) -> String? {
        guard let http else { return nil }
        let request = HTTPRequest(http)
        if bytes.isEmpty { return "\(request.place) closes the connection without an answer" }
        switch HTTPAnswer.read(bytes, method: request.method, isOver: true) {
        case .answer(let answer): return complaint(about: answer, request)
        case .needsMore, .foreign:
            return "what answers at \(request.place) does not speak HTTP: \(Self.excerpt(bytes))"
        }
    }

    private func complaint(about answer: HTTPAnswer, _ request: HTTPRequest) -> String? {
        let (check, place) = (request.check, request.place)
        if !check.statuses.contains(where: { $0.contains(answer.status) }) {
            let words = "\(place) answers with status \(answer.status) instead of \(check.statusWords)"
            return "\(words): \(Self.excerpt(answer.body))"
        }
        for wanted in check.answerHeaders {
            let values = answer.values(wanted.name).joined(separator: "\n")
            if !values.contains(wanted.value) {
                let found = Self.excerpt(Array(values.utf8))
                return "\(place) answers with \(wanted.name) \(found) instead of \(wanted.value)"
            }
        }
        if let version = check.version, let name = check.versionHeader {
            let values = answer.values(name).joined(separator: "\n")
            if values != version {
                return "\(place) answers with \(name) \(Self.excerpt(Array(values.utf8))) instead of \(version)"
            }
        }
        for text in [check.body, check.versionHeader == nil ? check.version : nil].compactMap({ $0 })
        where !text.isEmpty && answer.body.firstRange(of: Array(text.utf8)) == nil {
            return "the answer of \(place) does not hold \(text): \(Self.excerpt(answer.body))"
        }
        return nil
    }

    private static func excerpt(_ bytes: [UInt8]) -> String {
        bytes.isEmpty ? "nothing" : Printable.sentence(bytes, limit: 200)
    }
}
