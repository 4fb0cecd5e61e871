import Document
import HostSide
import Supervision
import Text

extension TaskResolver {
    /// The bytes of a release, and what they are. Their sum is in its name, so it is needed at once.
    mutating func artifact(
        of release: ReleaseDefinition,
        _ origin: Origin
    ) throws(DocumentError) -> (FileChange.Content, ReleaseRoot.Artifact) {
        isHostOwn = true
        let shown = Printable.quoted(release.artifact, limit: 300)
        func wrong(_ message: String, _ hint: String? = nil) -> DocumentError {
            DocumentError(Diagnostic(message, in: origin.source, at: origin.position, hint: hint))
        }
        if ArtifactSource.isAddress(release.artifact) {
            if let problem = ArtifactSource.problem(with: release.artifact) { throw wrong("\(shown): \(problem)") }
            guard let sum = release.sha256 else {
                throw wrong(
                    "what \(shown) answers is taken only with its sum",
                    "give the release `sha256`, the 64 digits of it"
                )
            }
            let source = ArtifactSource.address(release.artifact, sha256: sum)
            return (try made(source, shown, wrong), .kind(ofFile: source.name))
        }
        let places = contents.places(of: release.artifact, in: "files")
        let file: (path: String, content: FileChange.Content)
        do throws(ContentProblem) {
            file = try contents.file(places)
        } catch {
            if let directory = error.directory {
                return (try checked(made(.directory(directory), shown, wrong), release, shown, wrong), .archive)
            }
            throw wrong(
                error.isMissing ? "there is no file \(shown)" : "\(shown) cannot be read: \(error.message)",
                error.isMissing ? "looked for " + places.joined(separator: ", ") : nil
            )
        }
        if file.content.file != nil, !file.content.isSummed {
            contents.wantSum(of: file.path)
            throw wrong("its sum is still to be made")
        }
        return (try checked(file.content, release, shown, wrong), .kind(ofFile: release.artifact))
    }

    private func made(
        _ source: ArtifactSource,
        _ shown: String,
        _ wrong: (String, String?) -> DocumentError
    ) throws(DocumentError) -> FileChange.Content {
        do throws(ContentProblem) {
            return try contents.artifact(source)
        } catch {
            throw wrong("\(shown) cannot be had: \(error.message)", nil)
        }
    }

    private func checked(
        _ content: FileChange.Content,
        _ release: ReleaseDefinition,
        _ shown: String,
        _ wrong: (String, String?) -> DocumentError
    ) throws(DocumentError) -> FileChange.Content {
        if let sum = release.sha256, sum != content.sha256 {
            throw wrong("\(shown) has sha256 \(content.sha256) instead of \(sum)", nil)
        }
        return content
    }
}

extension ReleaseRoot.Artifact {
    private static let archives = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst"]

    /// By its name: an archive, or one program.
    fileprivate static func kind(ofFile path: String) -> ReleaseRoot.Artifact {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return archives.contains { name.hasSuffix($0) } ? .archive : .program(name)
    }
}
