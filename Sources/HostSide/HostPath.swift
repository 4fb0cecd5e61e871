internal import Shell

/// A path as programs for hosts take it.
enum HostPath {
    /// Without slashes that say nothing; never with a dash in front.
    static func normal(_ path: String) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        let joined = parts.map { String(Substring($0)) }.joined(separator: "/")
        return path.utf8.first == UInt8(ascii: "/") ? "/" + joined : "./" + joined
    }

    static func word(_ path: String) -> String { Quoting.word(normal(path)) }

    /// The name at its end, and everything before that with the slash.
    static func split(_ path: String) -> (directory: String, name: String) {
        let path = normal(path)
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("./", path) }
        let after = path.utf8.index(after: slash)
        return (String(path[..<after]), String(path[after...]))
    }
}
