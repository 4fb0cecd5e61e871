import Document
import Text

/// The parts of a host pattern such as `web:&eu:!web03`, each with its place.
struct Selection {
    /// What a part does to the hosts so far.
    enum Role {
        case add
        case keep
        case remove
    }

    /// Which of the hosts that a name stands for: `web[0]`, `web[-1]`, `web[0:2]` with its end included.
    enum Subscript: Equatable {
        case one(Int)
        case range(from: Int, through: Int?)
    }

    /// One name, glob or regular expression.
    struct Term {
        var role: Role
        /// As written, with its subscript.
        var text: String
        /// Without its subscript.
        var name: String
        var subscription: Subscript?
        var origin: Origin

        var isRegex: Bool { name.hasPrefix("~") }
        var isGlob: Bool { !isRegex && name.contains { "*?[".contains($0) } }
    }

    let source: SourceText
    let terms: [Term]

    init(
        _ pattern: String,
        from name: String,
        files: [String: SourceText],
        isKnown: (String) -> Bool
    ) throws(DocumentError) {
        let source = SourceText(name: name, text: pattern)
        self.source = source
        var diagnostics = Diagnostics()
        var terms: [Term] = []
        for piece in Selection.pieces(pattern, isKnown: isKnown).flatMap({ Selection.lines(of: $0, source, files) }) {
            do throws(Failure) {
                terms.append(try Selection.term(piece))
            } catch {
                let origin = piece.origin
                diagnostics.add(Diagnostic(error.message, in: origin.source, at: origin.position, hint: error.hint))
            }
        }
        if terms.isEmpty && diagnostics.isEmpty {
            diagnostics.add(Diagnostic("the pattern names no hosts", in: source, at: nil))
        }
        try diagnostics.throwIfErrors()
        self.terms = terms
    }

    /// The files that a pattern names with `@`, for the caller to read.
    static func files(in pattern: String) -> [String] {
        pieces(pattern) { _ in false }.filter { $0.text.hasPrefix("@") }.map { String($0.text.dropFirst()) }
    }

    private struct Failure: Error {
        var message: String
        var hint: String?
    }

    private struct Located {
        var text: String
        var origin: Origin
    }

    // A file's lines are parts as they are: no commas or colons are looked for in them.
    private static func lines(
        of piece: (text: String, column: Int),
        _ source: SourceText,
        _ files: [String: SourceText]
    ) -> [Located] {
        let origin = Origin(source, Position(line: 1, column: piece.column))
        guard piece.text.hasPrefix("@"), let file = files[String(piece.text.dropFirst())] else {
            return [Located(text: piece.text, origin: origin)]
        }
        return (1...file.lineCount).compactMap { number in
            guard let range = file.byteRange(ofLine: number) else { return nil }
            let line = String(decoding: file.bytes[range], as: UTF8.self)
            let start = line.drop(while: \.isWhitespace)
            guard let end = start.lastIndex(where: { !$0.isWhitespace }), start.first != "#" else { return nil }
            let column = line.unicodeScalars.count - start.unicodeScalars.count + 1
            return Located(text: String(start[...end]), origin: Origin(file, Position(line: number, column: column)))
        }
    }

    // At commas; where there are none and the whole is no name or address, at colons and space outside of brackets.
    private static func pieces(_ pattern: String, isKnown: (String) -> Bool) -> [(text: String, column: Int)] {
        let scalars = Array(pattern.unicodeScalars)
        var pieces: [(String, Int)] = []
        func add(_ range: Range<Int>) {
            let start = scalars[range].drop(while: \.properties.isWhitespace)
            guard let end = start.lastIndex(where: { !$0.properties.isWhitespace }) else { return }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: start[...end])
            pieces.append((String(text), start.startIndex + 1))
        }
        let hasComma = scalars.contains(",")
        if !hasComma, Address(pattern, allowingRanges: true) != nil || isKnown(pattern) {
            add(0..<scalars.count)
            return pieces
        }
        var start = 0
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            let isStray = scalar == "]" || scalar == ":" || scalar.properties.isWhitespace
            if hasComma ? scalar == "," : isStray {
                add(start..<index)
                start = index + 1
            } else if !hasComma, scalar == "[" {
                if let close = scalars[index...].firstIndex(of: "]") {
                    index = close
                } else {
                    // A bracket that is never closed ends a part, and belongs to none.
                    add(start..<index)
                    start = index + 1
                }
            }
            index += 1
        }
        add(start..<scalars.count)
        return pieces
    }

    private static func term(_ piece: Located) throws(Failure) -> Term {
        var text = piece.text
        var role = Role.add
        if text.hasPrefix("!") || text.hasPrefix("&") {
            role = text.removeFirst() == "!" ? .remove : .keep
        }
        guard let first = text.first else { throw Failure(message: "a name is missing after \"\(piece.text)\"") }
        if first == "@" {
            throw Failure(message: "a file of hosts cannot stand here", hint: "a pattern names it as a part: web,@FILE")
        }
        if first == "~" {
            return Term(role: role, text: text, name: text, subscription: nil, origin: piece.origin)
        }
        let (name, subscription) = try split(text)
        return Term(role: role, text: text, name: name, subscription: subscription, origin: piece.origin)
    }

    // Only numbers in the last brackets are a subscript; other brackets belong to a glob.
    private static func split(_ text: String) throws(Failure) -> (String, Subscript?) {
        guard text.hasSuffix("]"), let open = text.lastIndex(of: "["), open != text.startIndex else {
            return (text, nil)
        }
        let inside = text[text.index(after: open)...].dropLast()
        let name = String(text[..<open])
        if let index = Int(inside), !inside.hasPrefix("+") { return (name, .one(index)) }
        let isOld = !inside.contains(":") && inside.contains("-")
        let bounds = inside.split(separator: isOld ? "-" : ":", omittingEmptySubsequences: false)
        guard bounds.count == 2, let from = whole(bounds[0]) else { return (text, nil) }
        if bounds[1].isEmpty && !isOld { return (name, .range(from: from, through: nil)) }
        guard let through = whole(bounds[1]) else { return (text, nil) }
        if isOld {
            throw Failure(message: "hosts are counted as [x:y], not [x-y]", hint: "\(name)[\(from):\(through)]")
        }
        if through < from { throw Failure(message: "the range [\(inside)] ends before it starts") }
        return (name, .range(from: from, through: through))
    }

    private static func whole(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
    }
}
