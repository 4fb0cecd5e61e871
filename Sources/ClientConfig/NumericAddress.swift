/// Addresses of version 6 have many spellings; known hosts have one of them.
enum NumericAddress {
    /// The spelling of RFC 5952; nil for what is no such address. A zone behind `%` stays as it is.
    static func canonical(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        let zone = text.drop { $0 != "%" }
        guard let groups = groups(text.prefix { $0 != "%" }) else { return nil }
        return spelled(groups) + zone
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.count <= 9 else { return nil }
        var front: [UInt16] = []
        var back: [UInt16]?
        var index = 0
        while index < parts.count {
            let part = parts[index]
            index += 1
            if part.isEmpty {
                // Two colons: once, and at the ends an empty part more.
                if index == 1 {
                    guard parts[1].isEmpty else { return nil }
                    index += 1
                } else if index == parts.count {
                    return nil
                }
                guard back == nil else { return nil }
                back = []
                if index == parts.count - 1, parts[index].isEmpty { index += 1 }
                continue
            }
            guard let values = values(part, isLast: index == parts.count) else { return nil }
            if back == nil { front += values } else { back? += values }
        }
        let count = front.count + (back?.count ?? 0)
        guard let back else { return count == 8 ? front : nil }
        return count < 8 ? front + [UInt16](repeating: 0, count: 8 - count) + back : nil
    }

    private static func values(_ part: Substring, isLast: Bool) -> [UInt16]? {
        guard isLast, part.contains(".") else {
            guard part.utf8.count <= 4, part.first != "+", part.first != "-" else { return nil }
            return UInt16(part, radix: 16).map { [$0] }
        }
        let bytes = part.split(separator: ".", omittingEmptySubsequences: false)
        guard bytes.count == 4, bytes.allSatisfy({ $0.first != "+" && $0.first != "-" }) else { return nil }
        let numbers = bytes.compactMap { UInt8($0) }
        guard numbers.count == 4 else { return nil }
        return [UInt16(numbers[0]) << 8 | UInt16(numbers[1]), UInt16(numbers[2]) << 8 | UInt16(numbers[3])]
    }

    private static func spelled(_ groups: [UInt16]) -> String {
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        let hex = groups.map { String($0, radix: 16) }
        if best.isEmpty { return hex.joined(separator: ":") }
        // An address of version 4 in one of version 6 is written as such.
        if best == 0..<5, groups[5] == 0xFFFF {
            return "::ffff:\(groups[6] >> 8).\(groups[6] & 255).\(groups[7] >> 8).\(groups[7] & 255)"
        }
        return hex[..<best.lowerBound].joined(separator: ":") + "::" + hex[best.upperBound...].joined(separator: ":")
    }
}
