package import HostSide

/// An artifact that is no file of the project: the file is made first, once for all hosts.
package enum ArtifactSource: Hashable, Sendable {
    /// A directory here, which is packed.
    case directory(String)
    /// Fetched, and only what has this sum is taken.
    case address(String, sha256: String)

    /// Whether a text means an address and not a file.
    static func isAddress(_ text: String) -> Bool { text.hasPrefix("https://") || text.hasPrefix("http://") }

    /// Why this address is not asked.
    static func problem(with address: String) -> String? {
        if !address.hasPrefix("https://") { return "an artifact is fetched over https and in no other way" }
        if address.utf8.count > 4000 || address.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            return "this is no address: it has spaces, control characters or letters beyond ASCII, or is too long"
        }
        return nil
    }

    /// What it must come to; a stand-in where only the making of it says so.
    package var expectedSum: String {
        if case .address(_, let sum) = self { sum } else { String(repeating: "0", count: 64) }
    }

    /// The last part of what it is called.
    var name: String {
        let text =
            switch self {
            case .directory(let path): path[...]
            case .address(let address, _): address.prefix { $0 != "?" && $0 != "#" }
            }
        return text.split(separator: "/").last.map(String.init) ?? ""
    }
}

extension Contents {
    /// The way to the file: it is asked for once, and may take its time.
    package typealias Obtain = @Sendable (ArtifactSource) async throws(ContentProblem) -> FileChange.Content
}
