import Text

/// Makes settings of what was found for a host: fills in tokens and defaults, and refuses what cannot be done.
struct SettingsBuilder {
    private let found: Resolution
    private let surroundings: ConfigSurroundings
    private let defaults: Defaults
    private var settings: HostSettings

    init(_ found: Resolution, hostName: String, _ surroundings: ConfigSurroundings, _ defaults: Defaults) {
        self.found = found
        self.surroundings = surroundings
        self.defaults = defaults
        settings = HostSettings(hostName: hostName)
    }

    func build() throws(ConfigError) -> HostSettings {
        var builder = self
        try builder.refuse()
        try builder.addDestination()
        try builder.addProxy()
        builder.addChoices()
        try builder.addPaths()
        builder.addNeeds()
        return builder.settings
    }

    // MARK: Refusing

    private func refuse() throws(ConfigError) {
        for setting in [
            Setting.refuseConnection, .bindAddress, .bindInterface, .canonicalizeHostname,
            .canonicalizePermittedCNAMEs, .knownHostsCommand, .revokedHostKeys,
        ] {
            guard let statement = found[setting], !isHarmless(statement) else { continue }
            var message = "\(setting.name) \(Printable.line(statement.text, limit: 60)) applies to "
            message += "\(Printable.quoted(found.original)), and Baton cannot do it"
            throw ConfigError(message, at: statement.place, hint: Directive.bySetting[setting.rawValue]?.reason)
        }
    }

    private func isHarmless(_ statement: Statement) -> Bool {
        switch statement.setting {
        case .canonicalizeHostname: statement.text == "no" || statement.text == "false"
        case .canonicalizePermittedCNAMEs, .knownHostsCommand, .revokedHostKeys: statement.isNone
        default: false
        }
    }

    // MARK: Where to, and as whom

    private mutating func addDestination() throws(ConfigError) {
        if let problem = Names.problem(withHost: settings.hostName) {
            let place = found[.hostName]?.place ?? Place(found.original)
            throw ConfigError("the host name \(Printable.quoted(settings.hostName)) \(problem)", at: place)
        }
        if let user = found[.user] {
            if let problem = Names.problem(withUser: user.text) {
                throw ConfigError("the user name \(Printable.quoted(user.text)) \(problem)", at: user.place)
            }
            settings.user = user.text
        }
        settings.port = number(.port) ?? 22
    }

    private var user: String { settings.user ?? surroundings.user }

    private mutating func addProxy() throws(ConfigError) {
        let tokens = Tokens.proxy(
            host: settings.hostName,
            original: found.original,
            port: settings.port,
            user: user
        )
        if let statement = found[.proxyCommand], !statement.isNone {
            // The name that was typed may stand there, too.
            if let problem = Names.problem(withHost: found.original) {
                let message = "the host name \(Printable.quoted(found.original)) \(problem)"
                throw ConfigError(message, at: Place(found.original), hint: "ProxyCommand hands it to a shell")
            }
            settings.proxyCommand = try tokens.expand(statement.text, at: statement.place, of: .proxyCommand)
        }
        guard let statement = found[.proxyJump], case .jump(let hops?) = statement.value else { return }
        var expanded: [JumpHop] = []
        for var hop in hops {
            hop.host = try tokens.expand(hop.host, at: statement.place, of: .proxyJump)
            if let problem = Names.problem(withHost: hop.host) {
                throw ConfigError("the jump host \(Printable.quoted(hop.host)) \(problem)", at: statement.place)
            }
            if let user = hop.user {
                let name = try tokens.expand(user, at: statement.place, of: .proxyJump)
                if let problem = Names.problem(withUser: name) {
                    throw ConfigError("the user name \(Printable.quoted(name)) \(problem)", at: statement.place)
                }
                hop.user = name
            }
            expanded.append(hop)
        }
        if let last = expanded.last, last.host == settings.hostName, last.port ?? 22 == settings.port,
            last.user ?? user == user
        {
            throw ConfigError(
                "ProxyJump leads to \(Printable.quoted(last.host)) through itself",
                at: statement.place,
                hint: "except it with a pattern: Host * !\(Printable.line(found.original, limit: 60))"
            )
        }
        settings.proxyJump = expanded
    }

    // MARK: Choices

    private mutating func addChoices() {
        settings.identitiesOnly = flag(.identitiesOnly) ?? false
        settings.hashKnownHosts = flag(.hashKnownHosts) ?? false
        settings.hostKeyAlias = found.text(.hostKeyAlias)?.asciiLowercased
        settings.requiredRSASize = number(.requiredRSASize)
        settings.addressFamily = found.text(.addressFamily).flatMap(HostSettings.AddressFamily.init) ?? .any
        if let seconds = number(.connectTimeout), seconds > 0 { settings.connectTimeout = .seconds(seconds) }
        settings.serverAliveInterval = .seconds(number(.serverAliveInterval) ?? 0)
        settings.serverAliveCountMax = number(.serverAliveCountMax) ?? 3
        settings.preferredAuthentications = found.text(.preferredAuthentications)?.split(separator: ",").map(
            String.init
        )
        settings.batchMode = flag(.batchMode) ?? false
        settings.passwordAuthentication = flag(.passwordAuthentication) ?? true
        settings.kbdInteractiveAuthentication = flag(.kbdInteractiveAuthentication) ?? true
        settings.pubkeyAuthentication = !["no", "false"].contains(found.text(.pubkeyAuthentication) ?? "yes")
        settings.kexAlgorithms = found.text(.kexAlgorithms).map(AlgorithmList.init)
        settings.ciphers = found.text(.ciphers).map(AlgorithmList.init)
        settings.macs = found.text(.macs).map(AlgorithmList.init)
        settings.hostKeyAlgorithms = found.text(.hostKeyAlgorithms).map(AlgorithmList.init)
        settings.pubkeyAcceptedAlgorithms = found.text(.pubkeyAcceptedAlgorithms).map(AlgorithmList.init)
        switch found.text(.strictHostKeyChecking) ?? "ask" {
        case "yes", "true": settings.strictHostKeyChecking = .yes
        case "accept-new": settings.strictHostKeyChecking = .acceptNew
        case "no", "false", "off": settings.strictHostKeyChecking = .off
        default: settings.strictHostKeyChecking = .ask
        }
    }

    private func flag(_ setting: Setting) -> Bool? {
        if case .flag(let flag)? = found[setting]?.value { flag } else { nil }
    }

    private func number(_ setting: Setting) -> Int? {
        if case .number(let number)? = found[setting]?.value { number } else { nil }
    }

    // MARK: Paths

    private mutating func addPaths() throws(ConfigError) {
        let jump = (settings.proxyJump ?? []).map { hop in
            (hop.user.map { $0 + "@" } ?? "") + hop.host + (hop.port.map { ":\($0)" } ?? "")
        }
        let tokens = Tokens.paths(
            host: settings.hostName,
            original: found.original,
            port: settings.port,
            user: user,
            alias: settings.hostKeyAlias,
            jump: jump.joined(separator: ","),
            surroundings
        )
        if found.identityFiles.isEmpty {
            settings.identityFiles = defaults.identityFiles
            settings.identityFilesAreDefaults = true
        } else {
            settings.identityFiles = try paths(found.identityFiles, tokens)
        }
        settings.certificateFiles = try paths(found.certificateFiles, tokens)
        settings.globalKnownHostsFiles = files(.globalKnownHostsFile) ?? defaults.globalKnownHostsFiles
        if let statement = found[.userKnownHostsFile], let files = files(.userKnownHostsFile) {
            for file in files {
                settings.userKnownHostsFiles.append(try path(file, statement, tokens))
            }
        } else {
            settings.userKnownHostsFiles = defaults.userKnownHostsFiles
        }
        settings.identityAgent = try agent(tokens)
    }

    private func paths(_ statements: [Statement], _ tokens: Tokens) throws(ConfigError) -> [String] {
        var paths: [String] = []
        for statement in statements where !statement.isNone {
            paths.append(try path(statement.text, statement, tokens))
        }
        return paths
    }

    private func path(_ text: String, _ statement: Statement, _ tokens: Tokens) throws(ConfigError) -> String {
        guard let path = surroundings.expandingTilde(text) else {
            let user = Printable.quoted(String(text.prefix { $0 != "/" }))
            throw ConfigError("\(statement.setting.name): there is no user \(user)", at: statement.place)
        }
        return try tokens.expand(path, at: statement.place, of: statement.setting)
    }

    private func files(_ setting: Setting) -> [String]? {
        guard let statement = found[setting], case .texts(let files) = statement.value else { return nil }
        return statement.isNone ? [] : files
    }

    private func agent(_ tokens: Tokens) throws(ConfigError) -> HostSettings.Agent {
        guard let statement = found[.identityAgent] else { return .usual }
        switch statement.text {
        case "none": return .none
        case "SSH_AUTH_SOCK": return .usual
        default: break
        }
        let path = try path(statement.text, statement, tokens)
        guard path.hasPrefix("$"), !path.hasPrefix("${") else { return .socket(path) }
        // A variable that is not set means that there is no agent.
        return surroundings.environment(String(path.dropFirst())).map { .socket($0) } ?? .none
    }

    // MARK: What only OpenSSH's client can do

    private mutating func addNeeds() {
        for statement in found.certificateFiles where !statement.isNone { need(statement) }
        if let statement = found[.pkcs11Provider], !statement.isNone { need(statement) }
        if let statement = found[.securityKeyProvider], !statement.isNone, statement.text != "internal" {
            need(statement)
        }
        if let statement = found[.proxyUseFdpass], flag(.proxyUseFdpass) == true, settings.proxyCommand != nil {
            need(statement)
        }
        guard settings.methods.isEmpty else { return }
        for (setting, method) in [
            (Setting.gssapiAuthentication, "gssapi-with-mic"), (.hostbasedAuthentication, "hostbased"),
        ] where flag(setting) == true && settings.preferredAuthentications?.contains(method) != false {
            if let statement = found[setting] { need(statement) }
        }
    }

    private mutating func need(_ statement: Statement) {
        settings.needsOpenSSH.append(
            .init(directive: statement.setting.name, value: statement.text, place: statement.place)
        )
    }
}
