/// What is asked, and how slowly.
package struct Request: Sendable {
    /// Where the fixtures name their release; in lower case, as the parser has it.
    package static let versionField = "x-release"

    package let method: String
    package let path: String
    package let bodyCount: Int
    /// The body is sent in so many pieces, evenly over this time.
    package let bodyTime: Duration
    package let pieces: Int
    /// Text that the body of a good answer has in it.
    package let expects: String?

    package static func get(_ path: String, expects: String? = nil) -> Request {
        Request(method: "GET", path: path, bodyCount: 0, bodyTime: .zero, pieces: 0, expects: expects)
    }

    /// An upload; the server must say how many bytes it got, so that half of one cannot pass for the whole.
    package static func upload(_ path: String = "/upload", bytes: Int, over time: Duration) -> Request {
        Request(
            method: "POST",
            path: path,
            bodyCount: bytes,
            bodyTime: time,
            pieces: max(1, min(20, bytes)),
            expects: "received=\(bytes)\n"
        )
    }

    /// Whether a client may send it again on its own.
    package var isRepeatable: Bool { method == "GET" }

    func head(keeping: Bool) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nUser-Agent: baton-load\r\n"
        text += "Connection: \(keeping ? "keep-alive" : "close")\r\n"
        if bodyCount > 0 { text += "Content-Type: application/octet-stream\r\nContent-Length: \(bodyCount)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// How many bytes of the body have been sent when `piece` pieces have.
    func bodyEnd(of piece: Int) -> Int { bodyCount * piece / max(1, pieces) }
}
