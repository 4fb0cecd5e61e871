/// Bytes from a host as one line that is safe to show.
enum Printable {
    static func text(_ bytes: some Collection<UInt8>, limit: Int) -> String {
        var result = ""
        for scalar in String(decoding: bytes.prefix(4 * limit), as: UTF8.self).unicodeScalars {
            if result.count >= limit { return result + "…" }
            switch scalar.value {
            case 10, 13: if !result.hasSuffix(" ") && !result.isEmpty { result += " " }
            case 0..<32, 127..<160: result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        while result.hasSuffix(" ") { result.removeLast() }
        return result
    }
}
