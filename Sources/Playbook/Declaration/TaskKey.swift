/// A key of a play, of all tasks or of one kind. The decoder, the reference and the schema for editors are made from
/// these, so that they cannot say different things.
package struct TaskKey: Sendable {
    package let name: String
    /// Other words for the same, which users of Ansible write.
    package let aliases: [String]
    package let type: KeyType
    package let isRequired: Bool
    /// Whether it may hold `{{ }}`.
    package let takesTemplates: Bool
    /// Whether it may be a secret: then it never becomes a word of a command on a host.
    package let takesSecrets: Bool
    /// What counts where it is not given, for the reference.
    package let usual: String
    package let help: String

    init(
        _ name: String,
        _ type: KeyType,
        aliases: [String] = [],
        isRequired: Bool = false,
        takesTemplates: Bool = true,
        takesSecrets: Bool = false,
        usual: String = "",
        _ help: String
    ) {
        self.name = name
        self.aliases = aliases
        self.type = type
        self.isRequired = isRequired
        self.takesTemplates = takesTemplates
        self.takesSecrets = takesSecrets
        self.usual = usual
        self.help = help
    }

    var names: [String] { [name] + aliases }
}

/// What a key takes.
package indirect enum KeyType: Sendable {
    case text
    /// An absolute path on the host.
    case path
    case paths
    /// A file of the project.
    case source
    case mode
    /// A user or a group, by name or number.
    case account
    case flag
    case count(ClosedRange<Int>)
    case duration
    case choice([String])
    /// A line for a shell, in which each `{{ }}` is one word.
    case command
    case words
    /// Names and texts.
    case settings
    /// Names and texts of headers.
    case headers
    /// An expression, or a list of them that must all hold.
    case condition
    /// Names for selecting tasks.
    case tags
    /// The name of a variable.
    case identifier
    case variables
    /// Hosts and groups, as for `--limit`.
    case hosts
    case tasks
    case statuses
    /// Sizes of batches of hosts.
    case batches
    case url
    /// `host:port`, or a port.
    case endpoint
    case group([TaskKey])
}
