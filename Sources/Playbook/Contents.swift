package import Document
package import HostSide
import Shell
package import Supervision
import Synchronization
import Text

/// What all hosts of a run share: the files of the project, each read, hashed and kept once; contents that were made for
/// one host and are the same for the next; tasks that are the same for all.
package final class Contents: Sendable {
    /// The way to a file; the text says why it cannot be had.
    package typealias Reader = @Sendable (String) throws(ContentProblem) -> [UInt8]

    /// Files that are too large to be kept in memory: which ones they are, their size, and their sum. Sums take their time,
    /// so they are made apart from everything else: see `awaited`.
    package struct Large: Sendable {
        package typealias Look = @Sendable (String) throws(ContentProblem) -> FileChange.Content
        package typealias Measure = @Sendable (FileChange.Content) throws(ContentProblem) -> Void

        let isOne: @Sendable (String) -> Bool
        let look: Look
        let measure: Measure

        package init(
            isOne: @escaping @Sendable (String) -> Bool,
            look: @escaping Look,
            measure: @escaping Measure
        ) {
            self.isOne = isOne
            self.look = look
            self.measure = measure
        }
    }

    private struct State {
        var files: [String: Result<FileChange.Content, ContentProblem>] = [:]
        var awaited: Set<String> = []
        var artifacts: [ArtifactSource: Result<FileChange.Content, ContentProblem>] = [:]
        var awaitedArtifacts: Set<ArtifactSource> = []
        var sumsLate = false
        var templates: [String: Result<Template, DocumentError>] = [:]
        var recent: [Int: [FileChange.Content]] = [:]
        var tasks: [Int: ResolvedTask] = [:]
        var secrets: Set<String> = []
    }

    /// The services of the project; nil where it has none.
    package let catalog: ServiceCatalog?
    private let root: String
    private let folder: String
    private let read: Reader
    private let large: Large?
    /// Whose files these are, if not its own.
    private let owner: Contents?
    private let state = Mutex(State())
    // More variants of one file are seldom shared.
    private static let recentOnes = 8

    /// `root` is the project's folder, `folder` the playbook's.
    package init(
        root: String,
        folder: String,
        catalog: ServiceCatalog? = nil,
        large: Large? = nil,
        read: @escaping Reader
    ) {
        self.catalog = catalog
        self.large = large
        self.root = root
        self.folder = folder
        self.read = read
        owner = nil
    }

    /// Asks another one for its files, so that none is read twice, and knows for itself which those were.
    package init(of owner: Contents) {
        catalog = owner.catalog
        large = nil
        root = owner.root
        folder = owner.folder
        read = owner.read
        self.owner = owner
    }

    // MARK: Files

    /// Where a file of the project may lie, the first place first.
    package func places(of name: String, in subfolder: String, alsoNamed suffix: String? = nil) -> [String] {
        let names = suffix.map { name.hasSuffix($0) ? [name] : [name, name + $0] } ?? [name]
        if name.hasPrefix("/") { return names }
        var places: [String] = []
        for base in [root + "/" + subfolder, folder + "/" + subfolder, root, folder] {
            for name in names where !places.contains(base + "/" + name) { places.append(base + "/" + name) }
        }
        return places
    }

    /// The first of these files that is there.
    package func file(_ places: [String]) throws(ContentProblem) -> (path: String, content: FileChange.Content) {
        for place in places {
            let result = state.withLock { $0.files[place] } ?? load(place)
            switch result {
            case .success(let content):
                if !content.isSummed, !takesSumsLate {
                    wantSum(of: place)
                    throw ContentProblem("its sum is still to be made")
                }
                return (place, content)
            case .failure(let problem):
                if problem.isMissing { continue }
                throw problem
            }
        }
        throw ContentProblem("it is not there", isMissing: true)
    }

    private func load(_ place: String) -> Result<FileChange.Content, ContentProblem> {
        let result: Result<FileChange.Content, ContentProblem>
        if let owner {
            result = owner.state.withLock { $0.files[place] } ?? owner.load(place)
        } else if let large, large.isOne(place) {
            do throws(ContentProblem) {
                result = .success(try large.look(place))
            } catch {
                result = .failure(error)
            }
        } else {
            do throws(ContentProblem) {
                result = .success(Contents.summed(try read(place)))
            } catch {
                result = .failure(error)
            }
        }
        state.withLock { $0.files[place] = result }
        return result
    }

    /// From now on a large file is taken without its sum: most often its size tells that a host has another one, and the
    /// sum can be made while it is being sent.
    package func takeSumsLate() { state.withLock { $0.sumsLate = true } }

    private var takesSumsLate: Bool { owner?.takesSumsLate ?? state.withLock { $0.sumsLate } }

    /// Somebody needs the sum of this file before anything else can be said.
    package func wantSum(of place: String) {
        if let owner { return owner.wantSum(of: place) }
        state.withLock { state in _ = state.awaited.insert(place) }
    }

    /// Why there is no sum of a file that there was.
    package func problem(of place: String) -> ContentProblem? {
        guard case .failure(let problem)? = state.withLock({ $0.files[place] }) else { return nil }
        return problem
    }

    /// Large files whose sums are wanted and not there yet.
    package var awaited: Set<String> { state.withLock { $0.awaited } }

    /// Makes such a sum, which blocks.
    package func measure(_ place: String) {
        var problem: ContentProblem?
        if let large, case .success(let content)? = state.withLock({ $0.files[place] }), !content.isSummed {
            do throws(ContentProblem) {
                try large.measure(content)
            } catch {
                problem = error
            }
        }
        state.withLock { state in
            if let problem { state.files[place] = .failure(problem) }
            state.awaited.remove(place)
        }
    }

    // MARK: Artifacts

    /// The file that was made of it; where none was yet, it is awaited from now on.
    func artifact(_ source: ArtifactSource) throws(ContentProblem) -> FileChange.Content {
        if let owner { return try owner.artifact(source) }
        let known = state.withLock { state in
            if state.artifacts[source] == nil { state.awaitedArtifacts.insert(source) }
            return state.artifacts[source]
        }
        guard let known else { throw ContentProblem("it is still to be made") }
        return try known.get()
    }

    package func settle(_ source: ArtifactSource, _ result: Result<FileChange.Content, ContentProblem>) {
        state.withLock { state in
            state.artifacts[source] = result
            state.awaitedArtifacts.remove(source)
        }
    }

    /// One that is to be made, if any.
    package var awaitedArtifact: ArtifactSource? { state.withLock { $0.awaitedArtifacts.first } }

    /// There is something that can only be had beside everything else: a sum, or an artifact.
    package var isWaiting: Bool { state.withLock { !$0.awaited.isEmpty || !$0.awaitedArtifacts.isEmpty } }

    // MARK: What they come to

    /// Of the files that were read, in the order of their paths.
    package var sums: [String] {
        state.withLock { state in
            state.files.sorted { $0.key < $1.key }.compactMap { _, file in
                try? file.get().sha256
            }
        }
    }

    /// The bytes of a file, however large: of one that is worked on as a whole.
    func bytes(_ file: (path: String, content: FileChange.Content)) throws(ContentProblem) -> [UInt8] {
        file.content.file == nil ? file.content.bytes : try read(file.path)
    }

    /// A template file, parsed once.
    package func template(_ path: String, _ bytes: [UInt8]) throws(DocumentError) -> Template {
        if let known = state.withLock({ $0.templates[path] }) { return try known.get() }
        let result: Result<Template, DocumentError>
        do throws(DocumentError) {
            result = .success(try Template(file: SourceText(name: path, bytes: bytes)))
        } catch {
            result = .failure(error)
        }
        state.withLock { $0.templates[path] = result }
        return try result.get()
    }

    // MARK: What was made

    /// Bytes that were made for a task; where another host has had the same, they are kept once.
    package func shared(_ bytes: [UInt8], ofTask number: Int) -> FileChange.Content {
        let known = state.withLock { $0.recent[number] } ?? []
        if let same = known.first(where: { $0.bytes == bytes }) { return same }
        let content = Contents.summed(bytes)
        state.withLock { state in
            var recent = state.recent[number] ?? []
            if recent.count == Contents.recentOnes { recent.removeFirst() }
            state.recent[number] = recent + [content]
        }
        return content
    }

    func task(_ number: Int) -> ResolvedTask? { state.withLock { $0.tasks[number] } }
    func keep(_ task: ResolvedTask) { state.withLock { $0.tasks[task.number] = task } }

    /// Everything so far that is a secret or was made of one: what must never be shown.
    package var secrets: Set<String> { state.withLock { $0.secrets } }

    func learn(_ secrets: Set<String>) {
        if !secrets.isEmpty { state.withLock { $0.secrets.formUnion(secrets) } }
    }

    private static func summed(_ bytes: [UInt8]) -> FileChange.Content {
        FileChange.Content(bytes: bytes, sha256: Checksum.sha256(bytes))
    }
}

/// Why a file cannot be had.
package struct ContentProblem: Error, Sendable {
    package let message: String
    /// Whether there is no such file: then it may lie elsewhere.
    package let isMissing: Bool
    /// Its path, where it is a directory and no file.
    package let directory: String?

    package init(_ message: String, isMissing: Bool = false) {
        self.message = message
        self.isMissing = isMissing
        directory = nil
    }

    package init(directory: String) {
        message = "it is a directory"
        isMissing = false
        self.directory = directory
    }
}
