import Shell
import Text

/// Filters that make texts, and of texts.
extension Evaluator {
    /// `value` has been evaluated whole.
    mutating func textual(
        _ filter: Filter,
        _ value: Value,
        _ given: [String: Value],
        at offset: Int
    ) throws(Failure) -> Value {
        switch filter {
        case .fromJSON: return try parsedJSON(value, at: offset)
        case .toJSON, .toNiceJSON:
            var writer = JSONWriter(isNice: filter == .toNiceJSON)
            try write(value, into: &writer, at: offset)
            return try made(.string(writer.text), at: offset)
        case .join: return try joined(value, given, at: offset)
        case .raw: return value
        case .split: return try split(text(of: value, at: offset), given, isTainted: value.isTainted, at: offset)
        default: break
        }
        let text = try text(of: value, at: offset)
        try spend(text.utf8.count / 64, at: offset)
        let result: String
        switch filter {
        case .upper: result = text.uppercased()
        case .lower: result = text.lowercased()
        case .capitalize:
            result =
                text.unicodeScalars.first.map { scalar in
                    scalar.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
                } ?? ""
        case .trim: result = try trimmed(text, given["chars"], at: offset)
        case .quote: result = Quoting.word(text)
        case .string: result = text
        case .b64encode: result = Base64.encode(Array(text.utf8))
        case .b64decode: result = try decoded(text, at: offset)
        case .replace: result = try replaced(text, given, at: offset)
        case .indent: result = try indented(text, given, at: offset)
        case .basename:
            result = text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[text.index(after: $0)...]) } ?? text
        case .dirname: result = Evaluator.folder(of: text)
        default: throw failure("\(Printable.quoted(filter.rawValue)) cannot be used here", at: offset)
        }
        return try made(.string(result), at: offset)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        var bytes = Array(path[..<slash].utf8)
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return bytes.isEmpty ? String(path[...slash]) : String(decoding: bytes, as: UTF8.self)
    }

    private func decoded(_ text: String, at offset: Int) throws(Failure) -> String {
        guard let bytes = Base64.decode(text.utf8) else { throw failure("this is no base64", at: offset) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure("what this base64 stands for is no text", at: offset)
        }
        return text
    }

    private mutating func trimmed(_ text: String, _ chars: Value?, at offset: Int) throws(Failure) -> String {
        var scalars = text.unicodeScalars[...]
        guard let chars, chars.content != .null else {
            while let last = scalars.last, WhiteSpace.contains(last) { scalars.removeLast() }
            return String(scalars.drop { WhiteSpace.contains($0) })
        }
        let dropped = Set(try self.text(of: chars, at: offset).unicodeScalars)
        while let last = scalars.last, dropped.contains(last) { scalars.removeLast() }
        return String(scalars.drop { dropped.contains($0) })
    }

    mutating func replaced(_ text: String, _ given: [String: Value], at offset: Int) throws(Failure) -> String {
        guard let old = given["old"], let new = given["new"] else { return text }
        let from = Array(try self.text(of: old, at: offset).utf8)
        let to = Array(try self.text(of: new, at: offset).utf8)
        var most = Int.max
        if let count = given["count"], count.content != .null {
            let number = try wholeNumber(count, at: offset)
            if number >= 0 { most = number }
        }
        if from.isEmpty { throw failure("\"replace\" needs a text to look for", at: offset) }
        let bytes = Array(text.utf8)
        let places = Bytes.places(of: from, in: bytes, most: most)
        let (added, overflow) = places.count.multipliedReportingOverflow(by: to.count)
        try spend(bytes: overflow ? .max : bytes.count + added, at: offset)
        var result: [UInt8] = []
        var start = 0
        for place in places {
            result += bytes[start..<place]
            result += to
            start = place + from.count
        }
        return String(decoding: result + bytes[start...], as: UTF8.self)
    }

    mutating func split(
        _ text: String,
        _ given: [String: Value],
        isTainted: Bool,
        at offset: Int
    ) throws(Failure) -> Value {
        var most = Int.max
        if let count = given["maxsplit"], count.content != .null {
            let number = try wholeNumber(count, at: offset)
            if number >= 0 { most = number }
        }
        let bytes = Array(text.utf8)
        var parts: [ArraySlice<UInt8>] = []
        if let separator = given["sep"], separator.content != .null {
            let mark = Array(try self.text(of: separator, at: offset).utf8)
            if mark.isEmpty { throw failure("the separator is empty", at: offset) }
            var start = 0
            for place in Bytes.places(of: mark, in: bytes, most: most) {
                parts.append(bytes[start..<place])
                start = place + mark.count
            }
            parts.append(bytes[start...])
        } else {
            parts = words(of: bytes, most: most)
        }
        try spend(bytes: bytes.count, at: offset)
        let values = parts.map {
            Value.made(.string(String(decoding: $0, as: UTF8.self)), origin: frame.text.origin, isTainted: isTainted)
        }
        return try made(.list(values), at: offset)
    }

    // Without a separator, runs of white space are one, and none at the ends counts.
    private func words(of bytes: [UInt8], most: Int) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var index = WhiteSpace.skip(bytes, from: 0)
        while index < bytes.count {
            if parts.count == most {
                parts.append(bytes[index..<WhiteSpace.skipBack(bytes, from: bytes.count, to: index)])
                break
            }
            var end = index
            while end < bytes.count {
                let step = UTF8Step.next(in: bytes, at: end)
                if let scalar = step.scalar, WhiteSpace.contains(scalar) { break }
                end += step.length
            }
            parts.append(bytes[index..<end])
            index = WhiteSpace.skip(bytes, from: end)
        }
        return parts
    }

    private mutating func joined(_ value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        let mark = try given["d"].map { (value) throws(Failure) in try text(of: value, at: offset) } ?? ""
        var result = ""
        for (index, element) in try elements(of: value, at: offset).enumerated() {
            if index > 0 { try grow(&result, by: mark, at: offset) }
            var element = element
            if let attribute = given["attribute"] {
                element = try used(try part(attribute, of: element, at: offset), at: offset)
            }
            try write(try whole(element, at: offset), into: &result, at: offset)
        }
        return try made(.string(result), at: offset)
    }

    private mutating func indented(_ text: String, _ given: [String: Value], at offset: Int) throws(Failure) -> String {
        var margin = "    "
        if let width = given["width"] {
            if case .string(let own) = width.content {
                margin = own
            } else {
                let count = max(0, try wholeNumber(width, at: offset))
                try spend(bytes: count, at: offset)
                margin = String(repeating: " ", count: count)
            }
        }
        let indentsFirst = try given["first"].map { (value) throws(Failure) in try isTrue(value, at: offset) } ?? false
        let indentsBlank = try given["blank"].map { (value) throws(Failure) in try isTrue(value, at: offset) } ?? false
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        let (added, overflow) = lines.count.multipliedReportingOverflow(by: margin.utf8.count)
        try spend(bytes: overflow ? .max : added + text.utf8.count, at: offset)
        var result = ""
        for (index, line) in lines.enumerated() {
            if index > 0 { result += "\n" }
            if index == 0 ? indentsFirst : indentsBlank || !line.isEmpty { result += margin }
            result += String(Substring(line))
        }
        return result
    }

    private mutating func parsedJSON(_ value: Value, at offset: Int) throws(Failure) -> Value {
        guard case .string(let text) = value.content else {
            throw failure("\"from_json\" takes a text, not \(value.summary)", at: offset)
        }
        try spend(text.utf8.count / 16, at: offset)
        var bounds = Limits()
        bounds.nodes = limits.parts
        let source = SourceText(name: "the text given to from_json", text: text)
        do throws(DocumentError) {
            let node = try JSONText.parse(source, limits: bounds)
            var result = Value(node, in: source)
            result = result.asData
            if value.isTainted { result = result.asTainted }
            return result
        } catch {
            let problem = error.diagnostics.items[0]
            let place = problem.position.map { " in line \($0.line), column \($0.column)" } ?? ""
            throw failure("this is no JSON: \(problem.message)\(place)", at: offset)
        }
    }
}
