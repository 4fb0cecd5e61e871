extension Value {
    /// The value with all its texts as they are: none of them is a template.
    package var asData: Value {
        marked(keys: false) { $0.isUnsafe = true }
    }

    /// The value as a secret, with everything in it.
    package var asTainted: Value {
        marked(keys: true) { $0.isTainted = true }
    }

    private func marked(keys taintsKeys: Bool, _ mark: (inout Value) -> Void) -> Value {
        var result: Value
        switch content {
        case .list(let values):
            result = Value(.list(values.map { $0.marked(keys: taintsKeys, mark) }), text: text, origin: origin)
        case .map(let pairs):
            let marked = pairs.map { pair in
                var pair = pair
                pair.value = pair.value.marked(keys: taintsKeys, mark)
                pair.isKeyTainted = pair.isKeyTainted || taintsKeys
                return pair
            }
            result = Value(.map(marked), text: text, origin: origin)
        default:
            result = self
        }
        result.isUnsafe = isUnsafe
        result.isTainted = isTainted || result.isTainted
        mark(&result)
        return result
    }
}

extension Value {
    /// Something that has a name and no value, and why: whoever uses it has an error that says so.
    package static func unusable(_ why: String, origin: Origin) -> Value {
        // No tag of a document begins with a space.
        Value(.opaque(tag: " " + why), origin: origin)
    }

    var whyUnusable: String? {
        guard case .opaque(let tag) = content, tag.hasPrefix(" ") else { return nil }
        return String(tag.dropFirst())
    }
}
