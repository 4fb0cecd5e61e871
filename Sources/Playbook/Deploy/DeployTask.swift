package import Document
package import HostSide
import Supervision
import Text

/// `deploy`: a release comes to its hosts. It is staged on all of them first; then each is switched, its services in their
/// order, by a takeover where that can be.
package struct DeployTask: TaskBody {
    static let kind = TaskKind(
        "deploy",
        "A release of the project is staged on all hosts of the play, and then switched to, host after host: each service is "
            + "handed over without a lost request where its server can, and restarted where it cannot. A host on which that "
            + "fails goes back by itself, and no other is begun.",
        short: "release",
        keys: [
            TaskKey("release", .text, isRequired: true, "A release of the project, as `services/*.yml` names it."),
            TaskKey(
                "version",
                .text,
                isRequired: true,
                "What this one is called; `{{ version }}` in the definitions of the release and of its services."
            ),
            TaskKey("services", .words, usual: "all of the release, by name", "Which of its services, in this order."),
        ],
        // A rollout decides when and how often a part of it is done.
        without: ["once", "ignore_errors", "retries", "delay", "timeout", "phase"],
        body: { DeployTask(arguments: $0) }
    )

    /// What of it is to be done now. A rollout asks for one after another.
    package enum Part: String, Sendable, CaseIterable {
        /// What would be done, all of it.
        case plan
        case stage
        case migrate
        case hand = "switch"
        /// The services are well.
        case check
        /// Back to the release before.
        case takeBack = "take_back"
        /// The run ended well for this host.
        case settle
        /// It is not to be switched any more.
        case letGo = "let_go"
    }

    let arguments: Arguments
    /// Set by whoever drives the rollout.
    package var part = Part.plan
    /// Of `takeBack`: what this run found before it switched.
    package var before: ReleaseID?

    package func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let argument = arguments["release"]
        let name = try resolver.needed(try resolver.text(argument), argument)
        guard let argument, let catalog = resolver.contents.catalog, let declaration = catalog.releases[name] else {
            throw DocumentError(.unknownRelease(name, argument, resolver.contents.catalog))
        }
        let versioning = arguments["version"]
        let version = try resolver.needed(try resolver.text(versioning), versioning)
        let origin = versioning?.origin ?? argument.origin
        resolver.evaluator = resolver.evaluator.seeing(["version": Value(.string(version), origin: origin).asData])
        let release = try declaration.evaluate(ServiceScope(resolver.evaluator))
        let (artifact, kind) = try resolver.artifact(of: release, declaration.artifactOrigin)
        let root: ReleaseRoot
        let id: ReleaseID
        do throws(ReleaseError) {
            root = try ReleaseRoot(
                path: release.root,
                user: release.user,
                shared: release.shared,
                keep: release.keep,
                artifact: kind
            )
            id = try ReleaseID(version: version, sha256: artifact.sha256)
        } catch {
            throw DocumentError(Diagnostic(error.description, in: origin.source, at: origin.position))
        }
        var services: [DeployedService] = []
        for declaration in try chosen(name, catalog, &resolver) {
            let definition = try resolver.service(declaration)
            let health = try declaration.health(instance: 0, ServiceScope(resolver.evaluator))
            services.append(try DeployedService(definition, health, version: version))
        }
        return DeployWork(
            part: part,
            before: before,
            name: name,
            root: root,
            id: id,
            artifact: artifact,
            prepare: release.prepare,
            migrate: release.migrate,
            services: services
        )
    }

    private func chosen(
        _ release: String,
        _ catalog: ServiceCatalog,
        _ resolver: inout TaskResolver
    ) throws(DocumentError) -> [ServiceDeclaration] {
        let own = catalog.services.values.filter { $0.release?.name == release }.sorted { $0.name < $1.name }
        guard let argument = arguments["services"], let reading = try resolver.open(argument) else { return own }
        var chosen: [ServiceDeclaration] = []
        for item in reading.items() {
            let name = try item.word()
            guard let service = own.first(where: { $0.name == name }), !chosen.contains(where: { $0.name == name })
            else {
                throw DocumentError(
                    Diagnostic(
                        "\(Printable.quoted(name)) is no service of the release \(Printable.quoted(release)), or is there twice",
                        in: argument.origin.source,
                        at: argument.origin.position,
                        hint: Nearness.hint(for: name, among: own.map(\.name))
                            ?? "it has " + own.map(\.name).joined(separator: ", ")
                    )
                )
            }
            chosen.append(service)
        }
        return chosen
    }

    package func checkFiles(_ contents: Contents, _ diagnostics: inout Diagnostics) {
        guard let argument = arguments["release"], let name = argument.constantText,
            contents.catalog?.releases[name] == nil
        else { return }
        diagnostics.add(.unknownRelease(name, argument, contents.catalog))
    }
}

extension Diagnostic {
    fileprivate static func unknownRelease(
        _ name: String,
        _ argument: Argument?,
        _ catalog: ServiceCatalog?
    ) -> Diagnostic {
        let names = (catalog?.releases.keys).map { $0.sorted() } ?? []
        let known =
            names.isEmpty
            ? "releases are declared under \"releases:\" in services/*.yml"
            : "there are " + names.joined(separator: ", ")
        let origin = argument?.origin ?? RunScope.origin
        return Diagnostic(
            "the project has no release \(Printable.quoted(name))",
            in: origin.source,
            at: origin.position,
            hint: Nearness.hint(for: name, among: names) ?? known
        )
    }
}
