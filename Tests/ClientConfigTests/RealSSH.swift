import ClientConfig
import Reactor
import TestSupport

/// What `ssh -G` says, in the words of `HostSettings`.
struct RealSSH: Sendable {
    struct Refusal: Error {
        var text: String
    }

    static let isThere = Surroundings.has("ssh")
    static let canMount = Surroundings.isRoot && Surroundings.has("unshare")

    private var lines: [(name: String, value: String)] = []

    /// One `ssh -G`. Without `config`, the home directory and the system's file are those of `directory`, which only a mount
    /// namespace can arrange: OpenSSH asks the password database.
    static func run(_ call: [String], config: String?, in directory: String) async throws -> RealSSH {
        var environment = Surroundings.environment
        environment["BATON_TEST"] = "/from/environment"
        environment["SSH_AUTH_SOCK"] = "/agent"
        let ssh = ["ssh", "-G"] + (config.map { ["-F", $0] } ?? []) + call
        let script = """
            home=$1 system=$2; shift 2
            mount --bind "$system/home" "$home" && mount --bind "$system/system" /etc/ssh/ssh_config && exec "$@"
            """
        let words =
            config == nil
            ? [
                "unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", Disk.surroundings.home,
                directory,
            ]
                + ssh
            : ssh
        let result = try await runChild(words, environment: environment, directory: directory)
        guard result.succeeded else { throw Refusal(text: result.errors) }
        var answer = RealSSH()
        for line in result.output.split(separator: "\n") {
            let name = line.prefix { $0 != " " }
            answer.lines.append((String(name), String(line.dropFirst(name.count + 1))))
        }
        return answer
    }

    private func all(_ name: String) -> [String] { lines.filter { $0.name == name }.map(\.value) }
    private func one(_ name: String) -> String? { all(name).first }

    /// The settings in a form to compare. `plain` is ssh's answer for no configuration, which tells its own lists.
    func fields(plain: RealSSH, original: String) -> [String: String] {
        var fields: [String: String] = [:]
        for name in [
            "hostname", "port", "user", "addressfamily", "batchmode", "hashknownhosts", "identitiesonly",
            "kbdinteractiveauthentication", "passwordauthentication", "serveralivecountmax", "userknownhostsfile",
            "globalknownhostsfile", "hostkeyalias", "preferredauthentications", "ciphers", "macs", "kexalgorithms",
            "hostkeyalgorithms", "pubkeyacceptedalgorithms", "requiredrsasize",
        ] {
            fields[name] = one(name)
        }
        if fields["requiredrsasize"] == plain.one("requiredrsasize") { fields["requiredrsasize"] = nil }
        fields["pubkeyauthentication"] = ["false", "no"].contains(one("pubkeyauthentication")) ? "no" : "yes"
        fields["stricthostkeychecking"] = one("stricthostkeychecking")
        fields["connecttimeout"] = one("connecttimeout").flatMap { $0 == "none" || $0 == "0" ? nil : $0 }
        // Debian's own: 300 where nobody is asked and nothing is said.
        let interval = one("serveraliveinterval")
        fields["serveraliveinterval"] = interval == "300" && one("batchmode") == "yes" ? "0" : interval
        let isDefault = all("identityfile") == plain.all("identityfile")
        fields["identityfile"] = paths(
            // Baton has no use for keys of these kinds.
            all("identityfile").filter { !isDefault || !$0.hasSuffix("_xmss") && !$0.hasSuffix("_dsa") },
            original
        )
        fields["certificatefile"] = paths(all("certificatefile"), original)
        let agent = one("identityagent") ?? "SSH_AUTH_SOCK"
        fields["identityagent"] = agent == "$BATON_TEST" ? "/from/environment" : agent
        fields["proxycommand"] = one("proxycommand").map { expanded($0, original) }
        fields["proxyjump"] = one("proxyjump").map { jump in
            jump.split(separator: ",").map { hop(expanded(String($0), original)) }.joined(separator: ",")
        }
        let provider = one("securitykeyprovider").flatMap { $0 == "internal" ? nil : $0 }
        fields["needs"] = [one("pkcs11provider"), provider].compactMap { $0 }.joined(separator: " ")
        return fields
    }

    /// ssh fills these in only when it connects.
    private func expanded(_ text: String, _ original: String) -> String {
        let own = Disk.surroundings
        let values: [Character: String] = [
            "%": "%", "d": own.home, "h": one("hostname") ?? "", "i": "\(own.userID)",
            "k": one("hostkeyalias") ?? original, "l": own.hostName, "n": original, "p": one("port") ?? "",
            "L": String(own.hostName.split(separator: ".").first ?? ""), "r": one("user") ?? "", "u": own.user,
        ]
        var result = ""
        var isToken = false
        for letter in text {
            if isToken { result += values[letter] ?? "?" } else if letter != "%" { result.append(letter) }
            isToken = !isToken && letter == "%"
        }
        return result
    }

    private func paths(_ texts: [String], _ original: String) -> String {
        var result: [String] = []
        for text in texts where text != "none" {
            var path = expanded(text, original)
            if path.hasPrefix("~/") { path = Disk.surroundings.home + path.dropFirst() }
            if path.hasPrefix("${BATON_TEST}") { path = "/from/environment" + path.dropFirst("${BATON_TEST}".count) }
            if !result.contains(path) { result.append(path) }
        }
        return result.joined(separator: " ")
    }

    /// `user host port` of a hop as ssh shows it.
    private func hop(_ text: String) -> String {
        var rest = text[...]
        if rest.hasPrefix("ssh://") { rest = rest.dropFirst(6) }
        var user = "-"
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var host = rest
        var port = "-"
        if let colon = rest.lastIndex(of: ":"), rest.last != "]" {
            host = rest[..<colon]
            port = String(rest[rest.index(after: colon)...])
        }
        if host.hasPrefix("[") { host = host.dropFirst().dropLast() }
        return "\(user) \(host) \(port)"
    }

    /// The same of Baton.
    func fields(of settings: HostSettings) -> [String: String] {
        func word(_ flag: Bool) -> String { flag ? "yes" : "no" }
        func list(_ name: String, _ change: AlgorithmList?) -> String? {
            let own = (one(name) ?? "").split(separator: ",").map(String.init)
            return (change?.applied(to: own) ?? own).joined(separator: ",")
        }
        var fields: [String: String] = [
            "hostname": settings.hostName, "port": "\(settings.port)",
            "user": settings.user ?? Disk.surroundings.user, "addressfamily": settings.addressFamily.rawValue,
            "batchmode": word(settings.batchMode), "hashknownhosts": word(settings.hashKnownHosts),
            "identitiesonly": word(settings.identitiesOnly),
            "kbdinteractiveauthentication": word(settings.kbdInteractiveAuthentication),
            "passwordauthentication": word(settings.passwordAuthentication),
            "pubkeyauthentication": word(settings.pubkeyAuthentication),
            "serveralivecountmax": "\(settings.serverAliveCountMax)",
            "serveraliveinterval": "\(settings.serverAliveInterval.components.seconds)",
            "identityfile": settings.identityFiles.joined(separator: " "),
            "certificatefile": settings.certificateFiles.joined(separator: " "),
            "userknownhostsfile": settings.userKnownHostsFiles.joined(separator: " "),
            "globalknownhostsfile": settings.globalKnownHostsFiles.joined(separator: " "),
            "needs": settings.needsOpenSSH.filter { $0.directive.hasSuffix("Provider") }.map(\.value)
                .joined(separator: " "),
        ]
        if settings.userKnownHostsFiles.isEmpty { fields["userknownhostsfile"] = "none" }
        if settings.globalKnownHostsFiles.isEmpty { fields["globalknownhostsfile"] = "none" }
        fields["ciphers"] = list("ciphers", settings.ciphers)
        fields["macs"] = list("macs", settings.macs)
        fields["kexalgorithms"] = list("kexalgorithms", settings.kexAlgorithms)
        fields["hostkeyalgorithms"] = list("hostkeyalgorithms", settings.hostKeyAlgorithms)
        fields["pubkeyacceptedalgorithms"] = list("pubkeyacceptedalgorithms", settings.pubkeyAcceptedAlgorithms)
        fields["requiredrsasize"] = settings.requiredRSASize.map { "\($0)" }
        fields["hostkeyalias"] = settings.hostKeyAlias
        fields["preferredauthentications"] = settings.preferredAuthentications?.joined(separator: ",")
        fields["proxycommand"] = settings.proxyCommand
        fields["proxyjump"] = settings.proxyJump.map { hops in
            hops.map { "\($0.user ?? "-") \($0.host) \($0.port.map { "\($0)" } ?? "-")" }.joined(separator: ",")
        }
        fields["connecttimeout"] = settings.connectTimeout.map { "\($0.components.seconds)" }
        switch settings.strictHostKeyChecking {
        case .yes: fields["stricthostkeychecking"] = "true"
        case .ask: fields["stricthostkeychecking"] = "ask"
        case .acceptNew: fields["stricthostkeychecking"] = "accept-new"
        case .off: fields["stricthostkeychecking"] = "false"
        }
        switch settings.identityAgent {
        case .none: fields["identityagent"] = "none"
        case .usual: fields["identityagent"] = "SSH_AUTH_SOCK"
        case .socket(let path): fields["identityagent"] = path
        }
        return fields
    }
}
