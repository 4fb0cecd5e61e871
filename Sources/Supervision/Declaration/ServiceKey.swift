/// A key of a service or a release. The decoder, the reference and the table of supervisors are made from these, so that
/// they cannot say different things.
package struct ServiceKey: Sendable {
    package let name: String
    package let type: ServiceKeyType
    package let isRequired: Bool
    /// Whether each instance may have its own value: then `{{ instance }}` can be in it.
    package let isPerInstance: Bool
    package let takesSecrets: Bool
    /// What counts where it is not given, for the reference.
    package let usual: String
    package let help: String

    init(
        _ name: String,
        _ type: ServiceKeyType,
        isRequired: Bool = false,
        isPerInstance: Bool = false,
        takesSecrets: Bool = false,
        usual: String = "",
        _ help: String
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.isPerInstance = isPerInstance
        self.takesSecrets = takesSecrets
        self.usual = usual
        self.help = help
    }
}

/// What a key takes.
package indirect enum ServiceKeyType: Sendable {
    case text
    /// One line, for people.
    case title
    /// An absolute path on the host, made of plain characters.
    case path
    case paths
    /// Directories right below `/run`.
    case runtimeDirectories
    /// A directory, absolute or within the release.
    case directory
    case account
    case flag
    case count(ClosedRange<Int>)
    case duration
    /// A whole number of bytes: `50MB`.
    case size
    case choice([String])
    case signal
    /// Exit statuses and signals.
    case exits
    /// A program and its arguments, without a shell.
    case command
    /// A line for a shell.
    case line
    /// Names and texts for the environment.
    case settings
    /// `host:port` or `unix:/path`.
    case address
    /// `http://...`.
    case url
    /// The name of a release.
    case name
    case names
    /// Configuration that belongs to the release.
    case files
    /// A number, or `unlimited`.
    case limit
    case group([ServiceKey])
    /// One of these words, or a mapping with these keys.
    case choiceOrGroup([String], [ServiceKey])

    var keys: [ServiceKey] {
        switch self {
        case .group(let keys), .choiceOrGroup(_, let keys): keys
        default: []
        }
    }
}
