extension Value {
    /// What is known of a value without walking through it: values are shared, so that a small one may stand for very
    /// many, and a walk through it would not end.
    struct Shape: Sendable {
        /// How many values it is once every shared one is counted where it stands.
        private(set) var weight: UInt32 = 1
        /// How deep lists and maps lie in each other.
        private(set) var height: UInt16 = 1
        /// Whether anything in it is a template, a secret or a value that cannot be read.
        private(set) var isDynamic = false

        init(of content: Content) {
            switch content {
            case .list(let values):
                for value in values { add(value) }
            case .map(let pairs):
                for pair in pairs { add(pair.value) }
            case .string(let text):
                isDynamic = Template.isLikely(text)
            case .opaque, .secret:
                isDynamic = true
            case .null, .bool, .int, .huge, .float, .date:
                break
            }
        }

        private mutating func add(_ value: Value) {
            let (sum, overflow) = weight.addingReportingOverflow(value.shape.weight)
            weight = overflow ? .max : sum
            height = max(height, value.shape.height == .max ? .max : value.shape.height + 1)
            isDynamic = isDynamic || value.isInPlay
        }
    }

    /// Whether something is still to be found out before the value can be used.
    package var isInPlay: Bool {
        guard shape.isDynamic else { return false }
        if case .string = content { return !isUnsafe }
        return true
    }

    /// A value that was made and not written: its texts are never templates.
    static func made(_ content: Content, origin: Origin, isTainted: Bool = false) -> Value {
        var value = Value(content, origin: origin)
        value.isUnsafe = true
        if isTainted { value.isTainted = true }
        return value
    }
}

extension Value.Content {
    var holdsTaint: Bool {
        switch self {
        case .secret: true
        case .list(let values): values.contains { $0.isTainted }
        case .map(let pairs): pairs.contains { $0.isKeyTainted || $0.value.isTainted }
        default: false
        }
    }
}
