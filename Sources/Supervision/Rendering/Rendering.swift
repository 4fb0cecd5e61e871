package import Document
import Shell
import Text

/// What a host gets so that its supervisor knows a service.
package struct Rendering: Sendable, Equatable {
    package struct File: Sendable, Equatable {
        package var path: String
        package var mode: UInt16
        package var owner: Owner
        package var content: String
        /// Nobody may see the content: not in a plan, not in what is kept of it.
        package var isSecret = false
        /// It is only made where there is none: the service writes it.
        package var isKept = false
        /// It holds nothing but the sum of what a process is born with.
        package var isBirth = false

        package var sum: String { Checksum.sha256(Array(content.utf8)) }
    }

    package struct Directory: Sendable, Equatable {
        package var path: String
        package var mode: UInt16
        package var owner: Owner
    }

    package struct Link: Sendable, Equatable {
        package var path: String
        package var target: String
    }

    package struct Owner: Sendable, Equatable {
        package var user: String
        /// Nil is the user's own.
        package var group: String?

        package static let root = Owner(user: "root", group: "root")
        /// Whoever puts it there.
        package static let installer = Owner(user: "", group: nil)
    }

    package var supervisor: SupervisorVersion
    /// All that are not there are made. Those of root must be root's already where they are.
    package var directories: [Directory] = []
    package var files: [File] = []
    package var links: [Link] = []
    /// The paths of what the service declares as its `files`.
    fileprivate(set) var configuration: Set<String> = []
    /// The path of the file that says what is here.
    package internal(set) var manifest = ""
    /// ROOT/.baton/services where it is kept beside its release.
    package fileprivate(set) var place: String?
    /// What the supervisor calls the service as a whole.
    package var whole: String
    /// And each of its instances, in their order.
    package var members: [String]

    init(_ version: SupervisorVersion, whole: String, members: [String]) {
        supervisor = version
        self.whole = whole
        self.members = members
    }

    /// Whether a file is configuration of the service's own, and no part of its definition.
    package func isConfiguration(_ path: String) -> Bool { configuration.contains(path) }

    mutating func add(_ path: String, mode: UInt16 = 0o644, _ content: String) {
        files.append(File(path: path, mode: mode, owner: .root, content: content))
    }

    mutating func addDirectory(_ path: String) {
        directories.append(Directory(path: path, mode: 0o755, owner: .root))
    }

    /// Nobody has to be root for what lies beside a release; its configuration has owners of its own.
    fileprivate mutating func giveToInstaller() {
        for index in files.indices where files[index].owner == .root && !isConfiguration(files[index].path) {
            files[index].owner = .installer
        }
        for index in directories.indices where directories[index].owner == .root {
            directories[index].owner = .installer
        }
    }

    /// The first line of every file, by which Baton knows its own.
    static let mark = "Written by Baton. Changes here are lost with the next deployment."
}

extension ServiceDefinition {
    /// The files for a supervisor. A key that it cannot do is an error that names both.
    package func rendered(for version: SupervisorVersion) throws(DocumentError) -> Rendering {
        if version.supervisor == .alone { return try Alone.settled(self).files(for: version) }
        return try files(for: version)
    }

    private func files(for version: SupervisorVersion) throws(DocumentError) -> Rendering {
        let supervisor = version.supervisor
        let oldest = supervisor.oldestVersion
        var diagnostics = Diagnostics()
        guard version.isAtLeast(oldest.major, oldest.minor) else {
            diagnostics.add(problem("supervisor", "\(version.text) is too old: Baton needs \(oldest.text)"))
            throw DocumentError(diagnostics)
        }
        for row in ServiceKeys.rows where origins[row] != nil {
            guard let support = supervisor.column[row], support.way == .impossible else { continue }
            diagnostics.add(problem(row, cannot(row, version, support.note)))
        }
        try diagnostics.throwIfErrors()
        var rendering: Rendering
        let births: [[String]]
        switch supervisor {
        case .systemd:
            rendering = try Systemd.render(self, version)
            births = instances.map { Systemd.birth(of: $0, self, version) }
        case .supervisord:
            rendering = try Supervisord.render(self, version)
            births = Supervisord.births(self, rendering)
        case .upstart:
            rendering = try Upstart.render(self, version)
            births = instances.map { Upstart.birth(of: $0, self) }
        case .runit:
            rendering = try Runit.render(self, version)
            births = instances.map { birth(of: $0) }
        case .alone:
            rendering = try Alone.render(self, version)
            births = instances.map { birth(of: $0) }
        }
        rendering.place = place
        rendering.directories.insert(contentsOf: folders, at: 0)
        try addFiles(to: &rendering)
        addManifest(to: &rendering, births: births.map { $0 + birthOfFiles })
        if place != nil { rendering.giveToInstaller() }
        return rendering
    }

    /// With what its supervisor, if it names one, makes of what it does not say.
    package var settled: ServiceDefinition { supervisor == .named(.alone) ? Alone.settled(self) : self }

    private func addFiles(to rendering: inout Rendering) throws(DocumentError) {
        for file in files {
            if rendering.files.contains(where: { $0.path == file.path }) {
                let message = "a file of the service and one of its definition would both be \(file.path)"
                throw DocumentError(Diagnostics([problem("files", message)]))
            }
            rendering.configuration.insert(file.path)
            rendering.files.append(
                Rendering.File(
                    path: file.path,
                    mode: file.mode,
                    owner: file.owner,
                    content: file.content,
                    isSecret: file.isSecret
                )
            )
        }
    }

    func cannot(_ row: String, _ version: SupervisorVersion, _ why: String) -> String {
        "\(Printable.quoted(row)) cannot be done with \(version.text): \(why)"
    }

    func problem(_ row: String, _ message: String, hint: String? = nil) -> Diagnostic {
        guard let origin = origins[row] else {
            return Diagnostic("\(name): \(message)", in: SourceText(name: "service", text: ""), at: nil, hint: hint)
        }
        return Diagnostic(
            message,
            in: origin.source,
            at: origin.position,
            hint: hint,
            showsSource: row != "environment"
        )
    }

    /// Where the manifest, launchers and secrets lie. Root owns it, or whose release it is.
    var folder: String { "\(place ?? "/etc/baton/services")/\(name)" }

    private var folders: [Rendering.Directory] {
        if let place {
            // The first is the one that a release has of its own.
            return [(String(place.dropLast("/services".count)), 0o700), (place, 0o755), (folder, 0o755)].map {
                Rendering.Directory(path: $0.0, mode: $0.1, owner: .installer)
            }
        }
        return ["/etc/baton", "/etc/baton/services", folder].map {
            Rendering.Directory(path: $0, mode: 0o755, owner: .root)
        }
    }
}
