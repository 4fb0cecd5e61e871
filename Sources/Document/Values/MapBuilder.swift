/// Pairs in the order in which their keys first came. A key given again has the later value.
struct MapBuilder {
    private struct Key: Hashable {
        var bytes: [UInt8]
        var isText: Bool
    }

    private(set) var pairs: [Value.Pair] = []
    private var indexes: [Key: Int] = [:]

    mutating func set(_ pair: Value.Pair) {
        // By bytes: two ways to write an accented letter are two keys.
        let key = Key(bytes: Array(pair.name.utf8), isText: pair.isText)
        if let index = indexes[key] {
            pairs[index].value = pair.value
            if pair.isKeyTainted { pairs[index].isKeyTainted = true }
        } else {
            indexes[key] = pairs.count
            pairs.append(pair)
        }
    }

    func value(_ name: String, isText: Bool) -> Value? {
        indexes[Key(bytes: Array(name.utf8), isText: isText)].map { pairs[$0].value }
    }
}
