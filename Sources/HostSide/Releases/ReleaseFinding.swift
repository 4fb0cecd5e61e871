internal import Text

/// Where a release is on a host, by its name alone. What a host says is only a path to look at.
package struct ReleaseFinding: Equatable, Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }

    package var script: HostScript {
        ReleaseLibrary.script(ReleaseLibrary.finding, ["baton_release_seek", name])
    }

    package var look: Look { .script(script) }

    /// The roots that are called so: none, or one, or several that have to be told apart by their paths.
    package func read(_ sighting: Sighting?) throws(ReleaseError) -> [ReleaseRoot] {
        switch sighting {
        case .script(0, let stdout, _)?: return try Self.read(stdout)
        case .script(let status, _, let stderr)?:
            let said = Printable.sentence(stderr, limit: 500)
            throw ReleaseError(said.isEmpty ? "looking for \(name) ended with \(status)" : said)
        case .failed(let why)?: throw ReleaseError(why)
        default: throw ReleaseError("\(name) was not looked for")
        }
    }

    package static func read(_ answer: [UInt8]) throws(ReleaseError) -> [ReleaseRoot] {
        var lines = try ReleaseLine.read(answer)
        guard let last = lines.popLast(), last.key == "end", last.value.isEmpty, lines.count <= 200 else {
            throw ReleaseError("the answer ends in the middle")
        }
        var roots: [ReleaseRoot] = []
        for line in lines {
            guard line.key == "found" else { throw ReleaseLine.strange(Array("\(line.key) \(line.value)".utf8)) }
            // Whose its trees are is known only once what it keeps has been read.
            roots.append(try ReleaseRoot(path: line.value, user: "root"))
        }
        return roots
    }
}
