import TestLoad
import TestSupport
import Testing

/// What is an answer and what is none, in whatever pieces it comes.
@Suite struct ResponseParserTests {
    private struct Read: Equatable {
        var isComplete = false
        var status = 0
        var body = ""
        var keeps = false
        var problem: String?
    }

    /// Reads `text` in pieces of `size`, and its end.
    private func read(_ text: String, pieces size: Int = .max) -> Read {
        var parser = ResponseParser()
        var rest = Array(text.utf8)[...]
        do throws(ResponseParser.Malformed) {
            while !rest.isEmpty {
                _ = try parser.feed(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
        } catch {
            return Read(problem: error.reason)
        }
        let isComplete = parser.end()
        return Read(
            isComplete: isComplete,
            status: parser.head.status,
            body: String(decoding: parser.body, as: UTF8.self),
            keeps: parser.keepsConnection
        )
    }

    private static let whole: [(String, Int, String, Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false),
        ("HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n", 200, "", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false),
        ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true),
        ("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\nuntil the end", 503, "until the end", false),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\n",
            200, "abc0123456789", true
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "", true),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!", 200, "!", true
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true),
    ]

    @Test(arguments: whole, [Int.max, 1, 3])
    func `a whole answer is read in pieces of any size`(answer: (String, Int, String, Bool), size: Int) {
        let expected = Read(isComplete: true, status: answer.1, body: answer.2, keeps: answer.3)
        #expect(read(answer.0, pieces: size) == expected)
    }

    @Test func `what is cut anywhere is not whole`() {
        for (text, _, _, _) in Self.whole where !text.contains("until") {
            for count in 0..<text.utf8.count {
                let read = read(String(decoding: text.utf8.prefix(count), as: UTF8.self))
                #expect(!read.isComplete && read.problem == nil, "\(count) bytes of \(text)")
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 999 Odd\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "<html>\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: \u{1}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ])
    func `what is no answer is refused`(text: String) { #expect(read(text).problem != nil) }

    @Test func `every part is bounded`() {
        let head = "HTTP/1.1 200 OK\r\n"
        #expect(read(head + String(repeating: "X: y\r\n", count: 10_000) + "\r\n").problem != nil)
        #expect(read(head + "X: " + String(repeating: "y", count: 20_000)).problem != nil)
        #expect(read(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 9)).problem != nil)
        let chunk = "100000\r\n" + String(repeating: "z", count: 1 << 20) + "\r\n"
        #expect(read(head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 17)).problem != nil)
        let long = read(head + "Content-Length: 5000\r\n\r\n" + String(repeating: "z", count: 5000))
        #expect(long.isComplete && long.body.utf8.count == 4096)
    }

    @Test func `no change of an answer is read for ever or crashes the reader`() {
        var numbers = Seeded(7)
        for (text, _, _, _) in Self.whole {
            for _ in 0..<300 {
                var bytes = Array(text.utf8)
                for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                    bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
                }
                var parser = ResponseParser()
                if (try? parser.feed(bytes)) != nil { _ = parser.end() }
            }
        }
    }
}
