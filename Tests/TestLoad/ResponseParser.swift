/// An HTTP/1.1 answer, read strictly and in bounds, from pieces of any size. A value without a socket.
///
/// Strict, because a server that is torn down in the middle may leave anything on the wire, and a lenient reader would
/// call it an answer: lines end with CRLF, lengths are plain digits, two ways of framing contradict each other.
package struct ResponseParser: Sendable {
    package struct Malformed: Error, Equatable, Sendable {
        package let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    package struct Head: Equatable, Sendable {
        package var status = 0
        package var minor = 1
        /// Names in lower case.
        package var fields: [(name: String, value: String)] = []

        package func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

        package static func == (one: Head, other: Head) -> Bool {
            one.status == other.status && one.minor == other.minor
                && one.fields.elementsEqual(other.fields) { $0.name == $1.name && $0.value == $1.value }
        }
    }

    private enum State: Equatable {
        case statusLine
        case fields
        case body(left: Int)
        case untilClose
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case done
    }

    private static let headLimit = 16 << 10
    private static let bodyLimit = 16 << 20
    private static let interimLimit = 8
    /// What is kept of a body; more is only counted.
    private static let kept = 4096

    private var state = State.statusLine
    private var line: [UInt8] = []
    private var headBytes = 0
    private var interim = 0
    /// Of the answer itself, not of a 1xx before it; whole once its empty line has come.
    package private(set) var head = Head()
    package private(set) var body: [UInt8] = []
    package private(set) var bodyCount = 0
    package private(set) var hasBegun = false

    package init() {}

    package var isComplete: Bool { state == .done }

    /// Whether the server will read another request on this connection.
    package var keepsConnection: Bool {
        let options = head.values("connection").joined(separator: ",").lowercased().split(separator: ",")
            .map { $0.filter { $0 != " " } }
        if options.contains("close") { return false }
        return head.minor == 1 || options.contains("keep-alive")
    }

    /// Takes what came. True when the answer is whole; a byte behind it is an error, since nothing was asked twice.
    package mutating func feed(_ bytes: some Collection<UInt8>) throws(Malformed) -> Bool {
        var rest = bytes[...]
        hasBegun = hasBegun || !rest.isEmpty
        while let first = rest.first {
            switch state {
            case .done: throw Malformed("bytes behind the answer")
            case .untilClose:
                try keep(rest)
                rest = rest[rest.endIndex...]
            case .body(let left):
                let piece = rest.prefix(left)
                try keep(piece)
                rest = rest[piece.endIndex...]
                state = piece.count == left ? .done : .body(left: left - piece.count)
            case .chunk(let left):
                let piece = rest.prefix(left)
                try keep(piece)
                rest = rest[piece.endIndex...]
                state = piece.count == left ? .chunkEnd : .chunk(left: left - piece.count)
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
                rest = rest.dropFirst()
                try take(first)
            }
        }
        return isComplete
    }

    /// The connection was closed. True when that is how this answer ends.
    package mutating func end() -> Bool {
        if state == .untilClose { state = .done }
        return isComplete
    }

    private mutating func keep(_ piece: some Collection<UInt8>) throws(Malformed) {
        bodyCount += piece.count
        if bodyCount > Self.bodyLimit { throw Malformed("a body of more than \(Self.bodyLimit) bytes") }
        body.append(contentsOf: piece.prefix(max(0, Self.kept - body.count)))
    }

    private mutating func take(_ byte: UInt8) throws(Malformed) {
        headBytes += 1
        if headBytes > Self.headLimit { throw Malformed("lines of more than \(Self.headLimit) bytes") }
        guard byte == UInt8(ascii: "\n") else {
            line.append(byte)
            return
        }
        guard line.popLast() == UInt8(ascii: "\r") else { throw Malformed("a line that does not end with CRLF") }
        guard line.allSatisfy({ $0 == 9 || $0 >= 32 && $0 != 127 }) else { throw Malformed("a control character") }
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        switch state {
        case .statusLine: try takeStatus(text)
        case .fields: text.isEmpty ? try endHead() : try takeField(text)
        case .chunkSize: try takeChunkSize(text)
        case .chunkEnd:
            guard text.isEmpty else { throw Malformed("a chunk that is longer than it says") }
            state = .chunkSize
            headBytes = 0
        case .trailers: if text.isEmpty { state = .done }
        case .body, .untilClose, .chunk, .done: preconditionFailure("no line is read here")
        }
    }

    private mutating func takeStatus(_ text: String) throws(Malformed) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 12, text.hasPrefix("HTTP/1."), bytes[8] == 32, bytes.count == 12 || bytes[12] == 32,
            bytes[7] == UInt8(ascii: "0") || bytes[7] == UInt8(ascii: "1"),
            bytes[9...11].allSatisfy({ (48...57).contains($0) }), let status = Int(text.dropFirst(9).prefix(3)),
            (100...599).contains(status)
        else { throw Malformed("no status line") }
        head = Head(status: status, minor: Int(bytes[7] - 48))
        state = .fields
    }

    private mutating func takeField(_ text: String) throws(Malformed) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { throw Malformed("no header field") }
        let name = text[..<colon]
        let isToken = name.utf8.allSatisfy { byte in
            byte > 32 && byte < 127 && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
        }
        guard isToken else { throw Malformed("a header field whose name is none") }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        head.fields.append((name.lowercased(), String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())))
    }

    private mutating func endHead() throws(Malformed) {
        headBytes = 0
        if head.status < 200 {
            interim += 1
            guard head.status != 101, interim <= Self.interimLimit else { throw Malformed("status \(head.status)") }
            state = .statusLine
            return
        }
        let lengths = Set(head.values("content-length"))
        let codings = head.values("transfer-encoding")
        if !codings.isEmpty {
            guard codings.map({ $0.lowercased() }) == ["chunked"], lengths.isEmpty, head.minor == 1 else {
                throw Malformed("a transfer encoding that contradicts something")
            }
            state = .chunkSize
        } else if head.status == 204 || head.status == 304 {
            state = .done
        } else if lengths.isEmpty {
            state = .untilClose
        } else {
            guard lengths.count == 1, let text = lengths.first, let length = Self.digits(text, radix: 10) else {
                throw Malformed("a content length that is none")
            }
            state = length == 0 ? .done : .body(left: length)
        }
    }

    private mutating func takeChunkSize(_ text: String) throws(Malformed) {
        let size = text.prefix { $0 != ";" }
        guard let length = Self.digits(size, radix: 16) else { throw Malformed("a chunk size that is none") }
        headBytes = 0
        state = length == 0 ? .trailers : .chunk(left: length)
    }

    /// Digits only: `Int` would take a sign.
    private static func digits(_ text: some StringProtocol, radix: Int) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        return Int(text, radix: radix)
    }
}
