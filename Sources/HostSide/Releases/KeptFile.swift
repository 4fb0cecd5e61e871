internal import Shell
internal import Text

/// Bytes that the host keeps for a release: what was rendered, how it is asked, whatever a rollback needs when nobody has
/// the project. They mean nothing to the host.
package struct KeptFile: Equatable, Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(_ name: String, _ bytes: [UInt8]) {
        (self.name, self.bytes) = (name, bytes)
    }

    /// All files of a release together: they travel in a program, and back in one answer.
    package static let mostBytes = 128 << 10
    package static let mostFiles = 200

    /// A function of the host's shell that writes them.
    static func function(_ files: [KeptFile]) throws(ReleaseError) -> String {
        guard files.count <= mostFiles, files.reduce(0, { $0 + $1.bytes.count }) <= mostBytes else {
            throw ReleaseError("a release keeps at most \(mostFiles) files and \(mostBytes >> 10) KiB for its rollback")
        }
        var names: Set<String> = []
        var lines = ["b_rl_files() {"]
        for file in files {
            guard isName(file.name), names.insert(file.name).inserted else {
                throw ReleaseError(
                    "\(Printable.quoted(file.name)) cannot be the name of a kept file, or is there twice"
                )
            }
            let sum = Checksum.sha256(file.bytes)
            lines.append(
                "    \(CommandText.printing(file.bytes)) | baton_release_kept \(Quoting.word(file.name)) \(sum) || return"
            )
        }
        // An empty function is none.
        lines += ["    :", "}", ""]
        return lines.joined(separator: "\n")
    }

    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != 45, first != 46, name.utf8.count <= 200 else { return false }
        return name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || [45, 46, 64, 95].contains($0)
        }
    }
}
