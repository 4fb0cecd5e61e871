internal import Text

/// Where a release lives on a host, whose it is, and what is made of its artifact.
package struct ReleaseRoot: Hashable, Sendable {
    package enum Artifact: Hashable, Sendable {
        /// A tar file, compressed or not, or the tar of a directory.
        case archive
        /// One executable, which gets this name in the tree.
        case program(String)
    }

    /// Kept in ROOT/shared, and linked into every release.
    package struct Shared: Hashable, Sendable {
        /// Below ROOT/shared and below the tree.
        package let path: String
        /// It ends in a slash: a directory, which is made where it is missing.
        package let isDirectory: Bool

        package init(_ text: String) throws(ReleaseError) {
            isDirectory = text.hasSuffix("/")
            path = isDirectory ? String(text.dropLast()) : text
            guard Self.isPlain(path), path.utf8.count <= 500 else {
                throw ReleaseError(
                    "\(Printable.quoted(text)) cannot be shared: a path below the release, without \"..\" and control characters"
                )
            }
        }

        private static func isPlain(_ path: String) -> Bool {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            return !path.utf8.contains { $0 < 32 || $0 == 127 }
                && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
        }
    }

    package let path: String
    /// Who owns the trees, by name.
    package let user: String
    /// Nil for the user's own.
    package let group: String?
    package let shared: [Shared]
    /// So many good releases stay.
    package let keep: Int
    package let artifact: Artifact

    package init(
        path: String,
        user: String,
        group: String? = nil,
        shared: [String] = [],
        keep: Int = 5,
        artifact: Artifact = .archive
    ) throws(ReleaseError) {
        self.path = HostPath.normal(path)
        guard path.hasPrefix("/"), self.path != "/", path.utf8.count <= 1000,
            !path.utf8.contains(where: { $0 < 32 || $0 == 127 }), !path.split(separator: "/").contains("..")
        else {
            throw ReleaseError(
                "\(Printable.quoted(path)) cannot be the root of a release: an absolute path without \"..\""
            )
        }
        for name in [user] + (group.map { [$0] } ?? []) where !Self.isAccount(name) {
            throw ReleaseError("\(Printable.quoted(name)) is no name of a user or group")
        }
        guard (1...1000).contains(keep) else { throw ReleaseError("\(keep) releases to keep: 1 to 1000") }
        if case .program(let name) = artifact, !Self.isFileName(name) {
            throw ReleaseError("\(Printable.quoted(name)) cannot be the name of a program in a release")
        }
        var entries: [Shared] = []
        for text in shared { entries.append(try Shared(text)) }
        guard entries.count <= 100 else { throw ReleaseError("\(entries.count) paths are shared: at most 100") }
        for (number, one) in entries.enumerated() {
            for other in entries[..<number]
            where one.path == other.path || one.path.hasPrefix(other.path + "/") || other.path.hasPrefix(one.path + "/")
            {
                throw ReleaseError(
                    "\(Printable.quoted(one.path)) and \(Printable.quoted(other.path)) cannot both be shared: one is in the other"
                )
            }
        }
        (self.user, self.group, self.keep, self.artifact) = (user, group, keep, artifact)
        self.shared = entries
    }

    package var current: String { "\(path)/current" }

    /// What `current` says when it names this release: relative, so that the root can be moved.
    package func target(_ id: ReleaseID) -> String { "releases/\(id.text)" }

    package func tree(_ id: ReleaseID) -> String { "\(path)/releases/\(id.text)" }

    /// Where the artifact of a release is put before it is staged. The directory is there once the lease has been taken.
    package func incoming(_ id: ReleaseID) -> String { "\(path)/.baton/incoming/\(id.text)" }

    private static func isAccount(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != 45, first != 46, name.utf8.count <= 100 else { return false }
        return name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46
                || $0 == 95
        }
    }

    static func isFileName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != 45, first != 46, name.utf8.count <= 200 else { return false }
        return name.utf8.allSatisfy { $0 > 32 && $0 != 47 && $0 != 127 }
    }
}
