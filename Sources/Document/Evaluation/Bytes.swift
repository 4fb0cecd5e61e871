/// Finding bytes in bytes, in time that hostile input cannot stretch.
enum Bytes {
    /// Where `part` first stands from `start` on (Knuth, Morris and Pratt).
    static func first(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        places(of: part, in: text, from: start, most: 1).first
    }

    /// Where it stands, without overlaps.
    static func places(of part: [UInt8], in text: [UInt8], from start: Int = 0, most: Int = .max) -> [Int] {
        guard !part.isEmpty, most > 0 else { return start <= text.count && most > 0 ? [start] : [] }
        guard part.count <= text.count - start else { return [] }
        // How much of the part is still matched after a mismatch behind its first n bytes.
        var fallback = [0]
        var matched = 0
        for index in part.indices.dropFirst() {
            while matched > 0, part[index] != part[matched] { matched = fallback[matched - 1] }
            if part[index] == part[matched] { matched += 1 }
            fallback.append(matched)
        }
        var places: [Int] = []
        matched = 0
        for index in start..<text.count {
            while matched > 0, text[index] != part[matched] { matched = fallback[matched - 1] }
            if text[index] == part[matched] { matched += 1 }
            if matched == part.count {
                places.append(index + 1 - matched)
                if places.count == most { break }
                matched = 0
            }
        }
        return places
    }
}
