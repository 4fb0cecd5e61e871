import Text

/// What a scalar means under YAML 1.1 as PyYAML reads it. The text of the node is kept beside it.
package enum Resolved: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    case text(String)
}

extension Node {
    /// What the node means; nil for lists and mappings.
    ///
    /// Dates and whole numbers beyond 64 bits stay text. A scalar with a tag of its own (`!vault`) is text: who knows
    /// the tag looks at it first. `!unsafe` marks a value that is no template, and does not change what it is.
    package var resolved: Resolved? {
        guard case .scalar(let scalar) = content else { return nil }
        switch tag {
        case nil:
            return scalar.style == .plain ? Scalars.resolve(scalar.text) : .text(scalar.text)
        case "!unsafe":
            return Scalars.resolve(scalar.text)
        case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int":
            return Scalars.resolve(scalar.text)
        case "tag:yaml.org,2002:float":
            let resolved = Scalars.resolve(scalar.text)
            if case .int(let value) = resolved { return .float(Double(value)) }
            return resolved
        default:
            return .text(scalar.text)
        }
    }

    /// Whether PyYAML would make a date or a time of the text.
    package var isTimestamp: Bool {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return false }
        return tag == nil && Timestamps.matches(scalar.text)
    }

    /// The tag where it is one that YAML itself does not define, such as `!vault`.
    package var ownTag: String? {
        guard let tag, tag != "!", !tag.hasPrefix("tag:yaml.org,2002:") else { return nil }
        return tag
    }

    /// The node as a message calls it: `the text "abc"`, `the number 5`, `a list`.
    package var summary: String {
        switch content {
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            if let ownTag { return "a value tagged " + Printable.line(ownTag, limit: 60) }
            switch resolved {
            case .null: return "nothing"
            case .bool, .int, .float: return Printable.line(scalar.text, limit: 60)
            default: return "the text " + Printable.quoted(scalar.text)
            }
        }
    }
}

/// What plain scalars mean.
enum Scalars {
    // No number that fits 64 bits is written with more; a long text need not be looked at.
    private static let longestNumber = 400

    static func resolve(_ text: String) -> Resolved {
        switch text {
        case "", "~", "null", "Null", "NULL":
            return .null
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
            return .bool(true)
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
            return .bool(false)
        default:
            break
        }
        let bytes = text.utf8
        guard bytes.count <= longestNumber, let first = bytes.first else { return .text(text) }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return NumberForm.parse(Array(bytes)) ?? .text(text)
        default:
            return .text(text)
        }
    }
}
