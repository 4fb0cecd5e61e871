internal import Document

/// What is kept on a host, as JSON: on the way there.
indirect enum KeptText {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([KeptText])
    case map([(String, KeptText?)])

    static func texts(_ texts: [String]) -> KeptText { .list(texts.map { .text($0) }) }

    /// Members without a value are left out.
    var json: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
        case .map(let members):
            "{"
                + members.compactMap { name, value in value.map { Self.quoted(name) + ":" + $0.json } }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}

/// And on the way back, believed no more than a file that somebody wrote: a key that is not known or missing is an
/// error, as is a value that the project's own files could not have come to.
struct KeptReader {
    private let own: Reading
    private var readings: [String: Reading] = [:]

    init(_ reading: Reading, known: [String]) throws(DocumentError) {
        own = reading
        for (name, value) in try reading.pairs() {
            guard known.contains(name) else {
                throw value.failure("\(value.label) is a key that is not known here")
            }
            readings[name] = value
        }
    }

    /// A whole file. `schema` is its kind and version.
    init(_ bytes: [UInt8], as name: String, schema: String, known: [String]) throws(DocumentError) {
        var limits = Limits()
        (limits.inputBytes, limits.scalarBytes, limits.depth, limits.nodes) = (512 << 10, 512 << 10, 12, 50_000)
        let source = SourceText(name: name, bytes: bytes)
        let value = Value(try JSONText.parse(source, limits: limits), in: source)
        try self.init(Reading(key: name, value: value, isWritten: true), known: ["schema"] + known)
        let found = try needed("schema").text()
        guard found == schema else {
            throw own.failure("\(own.label) is \(found.prefix(60).debugDescription), and not \(schema)")
        }
    }

    subscript(_ key: String) -> Reading? { readings[key] }

    func needed(_ key: String) throws(DocumentError) -> Reading {
        guard let reading = readings[key] else { throw own.failure("\(own.label) lacks \(key)") }
        return reading
    }

    func read<Found>(
        _ key: String,
        _ read: (Reading) throws(DocumentError) -> Found
    ) throws(DocumentError) -> Found? {
        guard let reading = readings[key] else { return nil }
        return try read(reading)
    }

    func flag(_ key: String) throws(DocumentError) -> Bool { try needed(key).flag() }

    func failure(_ message: String) -> DocumentError { own.failure(message) }
}

extension Reading {
    /// At most so many.
    func all<Found>(
        _ most: Int,
        _ read: (Reading) throws(DocumentError) -> Found
    ) throws(DocumentError) -> [Found] {
        let items = try list()
        guard items.count <= most else { throw failure("\(label) has \(items.count) items: at most \(most)") }
        var found: [Found] = []
        for item in items { found.append(try read(item)) }
        return found
    }

    /// One of the words of a type.
    func oneOf<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) throws(DocumentError) -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: try choice(Word.allCases.map(\.rawValue))) else { throw wrong("a known word") }
        return word
    }
}
