internal import Document
internal import HostSide

/// A service as it was with a release: all that is needed to define it again, to ask it, and to hand it over, when nobody
/// has the project.
package struct KeptService: Equatable, Sendable {
    package var definition: ServiceDefinition
    package var health: Health?

    package init(_ definition: ServiceDefinition, _ health: Health?) {
        (self.definition, self.health) = (definition, health)
    }

    package var name: String { definition.name }

    static let schema = "baton.service/1"
    static let secretSchema = "baton.secrets/1"

    /// What must be shown to nobody.
    package var secrets: [String] {
        definition.instances.flatMap { $0.secrets.map(\.value) } + definition.files.filter(\.isSecret).map(\.content)
    }
}

// MARK: On its way to the host

extension KeptService {
    /// Without what is secret: that has a text of its own.
    var text: String {
        KeptText.map([
            ("schema", .text(Self.schema)), ("service", definition.kept),
            ("health", health.map(\.kept)),
        ]).json + "\n"
    }

    /// Nil where nothing is secret.
    var secretText: String? {
        if secrets.isEmpty { return nil }
        let files = definition.files.filter(\.isSecret)
        return KeptText.map([
            ("schema", .text(Self.secretSchema)),
            ("instances", .list(definition.instances.map { .list($0.secrets.map(\.kept)) })),
            ("files", .map(files.map { ($0.path, .text($0.content)) })),
        ]).json + "\n"
    }
}

extension EnvironmentVariable {
    fileprivate var kept: KeptText { .texts([name, value]) }
}

extension Address {
    fileprivate var text: String {
        switch self {
        case .port(let host, let port): "\(host):\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }
}

extension Duration {
    fileprivate var kept: KeptText {
        let (seconds, rest) = components
        return .text("\(seconds * 1000 + rest / 1_000_000_000_000_000)ms")
    }
}

extension Health {
    fileprivate var kept: KeptText {
        let question: (String, KeptText)
        var expected: KeptText?
        switch self.question {
        case .http(let url, let status): (question, expected) = (("http", .text(url)), .number(status))
        case .command(let line): question = ("command", .text(line))
        }
        return .map([
            question, ("status", expected), ("version", version.map { .text($0) }),
            ("version_header", versionHeader.map { .text($0) }),
        ])
    }
}

extension ServiceDefinition {
    fileprivate var kept: KeptText {
        .map([
            ("name", .text(name)), ("description", .text(description)), ("root", root.map { .text($0) }),
            ("user", .text(user)), ("group", group.map { .text($0) }),
            ("instances", .list(instances.map(\.kept))), ("environment_files", .texts(environmentFiles)),
            ("start_seconds", .number(startSeconds)), ("stop_seconds", .number(stopSeconds)),
            ("stop_signal", .text(stopSignal.name)), ("reload_signal", .text(reloadSignal.name)),
            ("normal_exit", .texts(normalExit.map(\.word))),
            (
                "restart",
                .map([
                    ("policy", .text(restart.policy.rawValue)), ("limit", .number(restart.limit ?? 0)),
                    ("within", .number(restart.within)),
                ])
            ),
            ("boot", .flag(startsAtBoot)), ("post_stop", postStop.map { .text($0) }), ("logs", logs.kept),
            ("limits", .list(limits.map { .texts([$0.resource.rawValue, $0.value.map(String.init) ?? "unlimited"]) })),
            ("runtime_directories", .texts(runtimeDirectories.map { "/run/\($0)" })),
            ("supervisor", .texts(supervisor.words)), ("handover", handover.kept), ("adopts", .flag(adopts)),
            ("files", .list(files.map(\.kept))),
            // What a supervisor cannot do is an error only where it was asked for.
            ("keys", .texts(origins.keys.filter(ServiceKeys.rows.contains).sorted())),
        ])
    }
}

extension ServiceInstance {
    fileprivate var kept: KeptText {
        .map([
            ("command", .texts(command)), ("directory", .text(directory)),
            ("environment", .list(environment.map(\.kept))), ("secrets", .texts(secrets.map(\.name))),
            ("log", logFile.map { .text($0) }), ("listen", listen.map { .text($0.text) }),
        ])
    }
}

extension Exit {
    fileprivate var word: String {
        switch self {
        case .status(let status): String(status)
        case .signal(let signal): signal.name
        }
    }
}

extension Logs {
    fileprivate var kept: KeptText {
        let (kind, rotation): (String, Rotation?) =
            switch self {
            case .usual: ("usual", nil)
            case .journal: ("journal", nil)
            case .syslog: ("syslog", nil)
            case .file(let rotation): ("file", rotation)
            case .home(let rotation): ("home", rotation)
            }
        return .map([
            ("kind", .text(kind)), ("rotate", rotation.map { .number($0.bytes) }),
            ("keep", rotation.map { .number($0.keep) }),
        ])
    }
}

extension SupervisorChoice {
    fileprivate var words: [String] {
        switch self {
        case .automatic: ["auto"]
        case .named(let supervisor): [supervisor.rawValue]
        case .oneOf(let supervisors): ["any"] + supervisors.map(\.rawValue)
        }
    }
}

extension HandoverWish {
    fileprivate var kept: KeptText {
        .map([
            ("strategy", .text(strategy.rawValue)), ("profile", profile.map { .text($0) }),
            ("pidfile", pidfile.map { .text($0) }), ("boot", boot.kept), ("drain", drain.kept),
            ("overrun", .text(overrun.rawValue)), ("generic", generic.map(\.kept)),
        ])
    }
}

extension GenericServer {
    fileprivate var kept: KeptText {
        .map([
            ("process", .text(process)), ("second_pidfile", .text(secondPidFile)),
            ("second_is_new", .flag(secondIsNew)), ("upgrade", .text(upgrade.name)),
            ("drain", drain.map { .text($0.name) }), ("revive", revive.map { .text($0.name) }),
            ("final", .text(final.name)), ("quick", .text(quick.name)),
        ])
    }
}

extension InstalledFile {
    fileprivate var kept: KeptText {
        .map([
            ("path", .text(path)), ("mode", .number(Int(mode))), ("user", .text(owner.user)),
            ("group", owner.group.map { .text($0) }), ("content", isSecret ? nil : .text(content)),
        ])
    }
}
