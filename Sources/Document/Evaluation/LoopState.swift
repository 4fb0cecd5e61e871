import Text

/// Where a `{% for %}` is: what its body sees as `loop`.
struct LoopState: Sendable {
    var items: [Value]
    var index = 0

    static let names = [
        "index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem",
    ]

    /// Nil where there is no such name, or no such item.
    func content(of name: String) -> Value.Content? {
        switch name {
        case "index": .int(index + 1)
        case "index0": .int(index)
        case "revindex": .int(items.count - index)
        case "revindex0": .int(items.count - index - 1)
        case "first": .bool(index == 0)
        case "last": .bool(index == items.count - 1)
        case "length": .int(items.count)
        default: nil
        }
    }

    /// The item before or behind this one.
    func neighbour(_ name: String) -> Value? {
        switch name {
        case "previtem": index > 0 ? items[index - 1] : nil
        case "nextitem": index + 1 < items.count ? items[index + 1] : nil
        default: nil
        }
    }
}
