import Testing

@testable import HostSide

/// Answers as the controller reads them, whole and in pieces.
@Suite struct HTTPAnswerTests {
    private func read(_ text: String, method: String = "GET", isOver: Bool = true) -> HTTPAnswer.Reading {
        HTTPAnswer.read(Array(text.utf8), method: method, isOver: isOver)
    }

    private func answer(_ text: String, method: String = "GET", isOver: Bool = true) -> HTTPAnswer? {
        guard case .answer(let answer) = read(text, method: method, isOver: isOver) else { return nil }
        return answer
    }

    @Test func `bodies end where they say, or with the connection`() {
        let sized = answer("HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\n\r\nhello, and more", isOver: false)
        #expect(sized?.body == Array("hello".utf8))
        #expect(sized?.isWhole == true)
        let open = answer("HTTP/1.0 200 OK\nA: b\n\nold\n", isOver: false)
        #expect(open?.body == Array("old\n".utf8))
        #expect(open?.isWhole == false)
        #expect(answer("HTTP/1.0 200 OK\n\nold\n")?.isWhole == true)
        #expect(answer("HTTP/1.1 204 No Content\r\n\r\n", isOver: false)?.isWhole == true)
        #expect(answer("HTTP/1.1 200\r\nContent-Length: 9\r\n\r\n", method: "HEAD", isOver: false)?.isWhole == true)
        let large = answer("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 100_000), isOver: false)
        #expect(large?.body.count == HTTPAnswer.bodyLimit)
        #expect(large?.isWhole == true)
    }

    @Test func `chunks are put together, wherever they are cut`() {
        let text =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n5;a=b\r\nhel\0o\r\n7\r\n world\n\r\n0\r\nT: x\r\n\r\n"
        let whole = Array("hel\0o world\n".utf8)
        #expect(answer(text, isOver: false)?.body == whole)
        #expect(answer(text, isOver: false)?.isWhole == true)
        var lengths: [Int] = []
        for count in 0..<text.utf8.count {
            let piece = Array(text.utf8.prefix(count))
            switch HTTPAnswer.read(piece, method: "GET", isOver: false) {
            case .needsMore: #expect(lengths.isEmpty)
            case .foreign: Issue.record("foreign after \(count) bytes")
            case .answer(let answer):
                #expect(whole.starts(with: answer.body))
                lengths.append(answer.body.count)
            }
        }
        #expect(lengths == lengths.sorted())
        #expect(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")?.body == [])
        #expect(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nx")?.body == [])
    }

    @Test func `early hints come before the answer`() {
        let answer = answer("HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        #expect(answer?.status == 201)
        #expect(answer?.headers.count == 1)
        #expect(read(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 9)) == .foreign)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTX", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "\0\0\0\0",
        "HTTP/1.1 200 OK\r\nno end",
    ])
    func `what does not speak HTTP is known for it`(text: String) { #expect(read(text) == .foreign) }

    @Test func `the beginning of an answer may become one`() {
        for text in ["", "H", "HTTP/", "HTTP/1.1 200 OK\r\nA: b\r\n"] {
            #expect(read(text, isOver: false) == .needsMore)
        }
        #expect(read("HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 100_000), isOver: false) == .foreign)
    }

    @Test func `no bytes bring it down`() {
        var generator = Generator(state: 1)
        let parts = [
            "HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: -5\r\n", "\r\n", "7fffffff\r\n",
            "a\r\n", "\0", ":", "0\r\n",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...9, using: &generator)).map { _ in parts.randomElement(using: &generator)!
            }.joined()
            _ = read(text, isOver: .random(using: &generator))
        }
    }

    @Test func `a question is judged in the words of the host's own rungs`() throws {
        var http = HTTPCheck(host: "::1", port: 8080, path: "health?x=1")
        http.answerHeaders = [.init(name: "X-App", value: "shop")]
        http.version = "v2"
        let question = try #require(CheckQuestion(Check(.http(http), timeout: .seconds(1))))
        #expect(question.place == .tcp(host: "::1", port: 8080))
        let sent =
            "GET /health?x=1 HTTP/1.1\r\nHost: [::1]:8080\r\nUser-Agent: baton\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        #expect(String(decoding: question.sending, as: UTF8.self) == sent)
        func complaint(_ text: String) -> String? { question.complaint(about: Array(text.utf8)) }
        let place = "http://[::1]:8080/health"
        #expect(complaint("HTTP/1.1 200 OK\r\nx-app: a shop\r\n\r\nthis is v2.") == nil)
        #expect(
            complaint("HTTP/1.1 503 Down\r\n\r\ntry\nlater")
                == "\(place) answers with status 503 instead of 200-299: try later"
        )
        #expect(complaint("HTTP/1.1 200 OK\r\n\r\nv2") == "\(place) answers with X-App nothing instead of shop")
        #expect(complaint("HTTP/1.1 200 OK\r\nX-App: shop\r\n\r\nv1") == "the answer of \(place) does not hold v2: v1")
        #expect(complaint("") == "\(place) closes the connection without an answer")
        #expect(complaint("220 smtp\r\n") == "what answers at \(place) does not speak HTTP: 220 smtp")
        http.versionHeader = "X-Version"
        let exact = try #require(CheckQuestion(Check(.http(http), timeout: .seconds(1))))
        #expect(exact.complaint(about: Array("HTTP/1.1 200 OK\r\nX-App: shop\r\nX-Version: v2 \r\n\r\n".utf8)) == nil)
        http.isTLS = true
        #expect(CheckQuestion(Check(.http(http), timeout: .seconds(1))) == nil)
    }

    @Test func `what cannot be asked is known beforehand`() {
        func problem(_ change: (inout HTTPCheck) -> Void) -> String? {
            var check = HTTPCheck(host: "localhost", port: 80, path: "/")
            change(&check)
            return Check(.http(check), timeout: .seconds(1)).problem
        }
        #expect(problem { $0.headers = [.init(name: "X-Fine", value: "a\tb é")] } == nil)
        #expect(problem { $0.port = 0 } == "there is no port 0")
        #expect(problem { $0.host = "-oProxy" } == "'-oProxy' is not the name or address of a host")
        #expect(problem { $0.host = "a b" } != nil)
        #expect(problem { $0.method = "GET /" } == "the method 'GET /' is not a word")
        #expect(problem { $0.headers = [.init(name: "A b", value: "")] } == "'A b' cannot be the name of a header")
        let hidden = problem { $0.headers = [.init(name: "A", value: "secret\r\nB: c")] }
        #expect(hidden == "the value of the header A has a control character, such as a line break")
        #expect(problem { $0.unixSocket = "run/x" } == "the unix socket run/x is not an absolute path")
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
