import Document
import HostSide
import Text

extension Reading {
    func address() throws(DocumentError) -> HTTPAddress {
        let text = try text(expected: "an address like http://127.0.0.1:8000/healthz")
        do throws(HTTPAddress.Problem) {
            return try HTTPAddress(text)
        } catch {
            throw failure("\(label) \(error.message)", hint: error.hint)
        }
    }

    func endpoint() throws(DocumentError) -> (host: String, port: Int) {
        let text = try text(expected: "host:port, or a port")
        if let port = Int(text), (1...65535).contains(port) { return ("127.0.0.1", port) }
        guard let place = Endpoint.split(text, defaultPort: nil) else { throw wrong("host:port, or a port") }
        return place
    }

    func statuses() throws(DocumentError) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for item in items() {
            let expected = "a status like 200, or a range of them like 200-399"
            let bounds = try item.text(expected: expected).split(separator: "-", omittingEmptySubsequences: false)
            let numbers = bounds.compactMap { Int($0) }
            guard numbers.count == bounds.count, let low = numbers.first, let high = numbers.last, numbers.count <= 2,
                low >= 100, high <= 599, low <= high
            else { throw item.wrong(expected) }
            ranges.append(low...high)
        }
        if ranges.isEmpty { throw wrong("a status, or a list of them") }
        return ranges
    }

    func headers() throws(DocumentError) -> [ShellCommand.Setting] {
        var settings: [ShellCommand.Setting] = []
        for (name, value) in try pairs() {
            let name = try Reading.headerName(name, self)
            let text = try value.word()
            if text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
                throw value.failure("\(value.label) contains a line end or a control character")
            }
            settings.append(ShellCommand.Setting(name: name, value: text))
        }
        return settings
    }

    func headerName() throws(DocumentError) -> String { try Reading.headerName(try text(), self) }

    static func headerName(_ name: String, _ reading: Reading) throws(DocumentError) -> String {
        let isToken = name.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        guard isToken, !name.isEmpty, name.utf8.count <= 200 else {
            throw reading.failure("\(Printable.quoted(name)) is no name of a header")
        }
        return name
    }
}
