/// A shell pattern: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`.
struct Glob {
    private enum Part {
        case any
        case one
        case letter(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    private var parts: [Part] = []

    init(_ pattern: String) {
        let scalars = Array(pattern.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*": parts.append(.any)
            case "?": parts.append(.one)
            case "[":
                if let (set, end) = Glob.set(in: scalars, from: index) {
                    parts.append(set)
                    index = end
                } else {
                    parts.append(.letter(scalar))
                }
            default: parts.append(.letter(scalar))
            }
        }
    }

    // From behind the bracket; nil where it is never closed, and so stands for itself.
    private static func set(in scalars: [Unicode.Scalar], from start: Int) -> (Part, Int)? {
        var index = start
        let isNegated = index < scalars.count && scalars[index] == "!"
        if isNegated { index += 1 }
        // A closing bracket that comes first is a letter of the set.
        guard index < scalars.count, let end = scalars[(index + 1)...].firstIndex(of: "]") else { return nil }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < end {
            let low = scalars[index]
            if index + 2 < end, scalars[index + 1] == "-" {
                let high = scalars[index + 2]
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return (.set(ranges, isNegated: isNegated), end + 1)
    }

    /// Whether the pattern describes the whole text.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var part = 0
        var index = 0
        // Where to go on if what follows the last `*` does not fit: a later star makes earlier ones settled.
        var retry: (part: Int, index: Int)?
        while index < scalars.count {
            if part < parts.count, case .any = parts[part] {
                retry = (part + 1, index)
                part += 1
            } else if part < parts.count, fits(parts[part], scalars[index]) {
                part += 1
                index += 1
            } else if let last = retry {
                retry = (last.part, last.index + 1)
                part = last.part
                index = last.index + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { if case .any = $0 { true } else { false } }
    }

    private func fits(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .any: false
        case .one: true
        case .letter(let letter): letter == scalar
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
        }
    }
}
