import Events
import Report

/// Lines of one host's logs, each with where it is from. Called on the loop that the remote is pinned to.
final class LogPrinter: @unchecked Sendable {
    // Unchecked: touched on the remote's loop only.
    var sources: [String] = []
    private let host: String
    private let style: Style
    private let redactor: Redactor
    private let print: (_ text: String, _ line: String) -> Void
    private var rest: [UInt8] = []

    /// Of one line; what is longer is cut, and says so.
    private static let longest = 8 << 10

    /// `print` gets a line without its host, and one for people.
    init(
        _ host: String,
        _ style: Style,
        _ redactor: Redactor,
        _ print: @escaping @Sendable (_ text: String, _ line: String) -> Void
    ) {
        self.host = host
        self.style = style
        self.redactor = redactor
        self.print = print
    }

    func came(_ bytes: UnsafeRawBufferPointer) {
        var bytes = bytes[...]
        while let end = bytes.firstIndex(of: 10) {
            append(bytes[..<end])
            emit()
            bytes = bytes[(end + 1)...]
        }
        append(bytes)
    }

    /// What came last has no line end.
    func finish() { if !rest.isEmpty { emit() } }

    /// All of it at once, with the names of its sources.
    func named(_ bytes: [UInt8]) -> String {
        bytes.split(separator: 10).map { line in
            let (source, text) = parts(Array(line))
            return "\(source): \(text)\n"
        }.joined()
    }

    private func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
        // One byte more says that it was longer.
        rest += bytes.prefix(max(0, Self.longest + 1 - rest.count))
    }

    private func emit() {
        // Every line has a source: this one only ends another.
        if rest.isEmpty { return }
        let (source, text) = parts(rest)
        rest = []
        let place = style.paint("\(Screen.line(host)) \(Screen.line(source))", .dim)
        print("\(source): \(text)", "\(place) \(Screen.line(text))")
    }

    private func parts(_ line: [UInt8]) -> (source: String, text: String) {
        let number = line.prefix { $0 != 0x20 }
        let index = Int(String(decoding: number, as: UTF8.self))
        let source = index.flatMap { sources.indices.contains($0) ? sources[$0] : nil } ?? ""
        let text = source.isEmpty ? line[...] : line[number.endIndex...].dropFirst()
        let isCut = text.count > Self.longest - 100
        let shown = String(decoding: text.prefix(Self.longest - 100), as: UTF8.self)
        return (source, redactor.clean(shown) + (isCut ? " ..." : ""))
    }
}
