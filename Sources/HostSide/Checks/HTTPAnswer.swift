/// An HTTP answer, as far as it has come. Pure: for the controller's own rung; hosts read theirs in `checks.sh`.
struct HTTPAnswer: Equatable {
    struct Header: Equatable {
        var name: String
        var value: String
    }

    var status: Int
    var headers: [Header]
    var body: [UInt8]
    /// Nothing more of it is to come.
    var isWhole: Bool

    /// What there is so far.
    enum Reading: Equatable {
        case needsMore
        case answer(HTTPAnswer)
        /// It does not speak HTTP.
        case foreign
    }

    /// As much of a body as is looked at.
    static let bodyLimit = 64 << 10
    private static let headLimit = 64 << 10
    private static let headerLimit = 200

    /// `isOver`: the other side has closed.
    static func read(_ bytes: [UInt8], method: String, isOver: Bool) -> Reading {
        var rest = bytes[...]
        // Others may come before the answer itself, such as early hints.
        for _ in 0...5 {
            guard let head = Head(&rest) else {
                let isForeign = !Head.mayBegin(rest) || rest.count > headLimit || (isOver && !rest.isEmpty)
                return isForeign ? .foreign : .needsMore
            }
            if head.status < 100 || head.headers.count > headerLimit { return .foreign }
            if head.status < 200 { continue }
            let (body, isWhole) = Self.body(rest, head, method: method, isOver: isOver)
            return .answer(
                HTTPAnswer(status: head.status, headers: head.headers, body: body, isWhole: isWhole)
            )
        }
        return .foreign
    }

    func values(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    private static func body(
        _ rest: ArraySlice<UInt8>,
        _ head: Head,
        method: String,
        isOver: Bool
    ) -> ([UInt8], isWhole: Bool) {
        if method == "HEAD" || head.status == 204 || head.status == 304 { return ([], true) }
        func value(_ name: String) -> String? { head.headers.last { $0.name.lowercased() == name }?.value }
        if value("transfer-encoding")?.lowercased().hasSuffix("chunked") == true {
            let (body, isWhole) = unchunked(rest)
            return (body, isWhole || isOver || body.count >= bodyLimit)
        }
        let length = value("content-length").flatMap { Int($0) } ?? .max
        let wanted = min(max(0, length), bodyLimit)
        return (Array(rest.prefix(wanted)), isOver || rest.count >= wanted)
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) -> ([UInt8], isWhole: Bool) {
        var (rest, body) = (bytes, [UInt8]())
        while body.count < bodyLimit {
            guard let end = rest.firstIndex(of: 10) else { return (body, rest.count > 256) }
            let digits = rest[..<end].prefix { UnicodeScalar($0).properties.isASCIIHexDigit }
            // What is no number ends the body: there is nothing to go by behind it.
            guard digits.count < 8, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size > 0 else {
                return (body, true)
            }
            rest = rest[(end + 1)...]
            body += rest.prefix(min(size, bodyLimit - body.count))
            guard rest.count > size else { return (body, false) }
            rest = rest.dropFirst(size)
            guard let line = rest.firstIndex(of: 10) else { return (body, false) }
            rest = rest[(line + 1)...]
        }
        return (body, true)
    }

    /// Status line and headers.
    private struct Head {
        var status = 0
        var headers: [Header] = []

        /// Takes it off `bytes`; nil if it is not whole or none.
        init?(_ bytes: inout ArraySlice<UInt8>) {
            var (rest, lines) = (bytes, [String]())
            while true {
                guard let end = rest.firstIndex(of: 10) else { return nil }
                var line = rest[..<end]
                if line.last == 13 { line.removeLast() }
                rest = rest[(end + 1)...]
                if line.isEmpty { break }
                lines.append(String(decoding: line, as: UTF8.self))
            }
            guard Self.mayBegin(bytes), let first = lines.first else { return nil }
            let words = first.split(separator: " ", maxSplits: 2)
            guard words.count > 1, words[1].utf8.count == 3, let status = Int(words[1]), status >= 100 else {
                return nil
            }
            self.status = status
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                headers.append(
                    Header(name: String(line[..<colon]), value: line[line.index(after: colon)...].trimmingBlanks)
                )
            }
            bytes = rest
        }

        static func mayBegin(_ bytes: ArraySlice<UInt8>) -> Bool { zip(bytes, "HTTP/".utf8).allSatisfy { $0 == $1 } }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(String(drop(while: isBlank).reversed().drop(while: isBlank).reversed()))
    }
}
