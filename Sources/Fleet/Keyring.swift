import ClientConfig
import Inventory
import Reactor
import SSH

/// Keys from files and agents, each read, listed and unlocked once for all hosts, before the first connection.
struct Keyring {
    /// What a file named as a key turned out to be.
    private enum Entry {
        case key(any Signer)
        /// Its public half, for an agent that may have the rest; and why the file itself does not do.
        case half(blob: [UInt8], reason: String)
        case locked(blob: [UInt8]?)
        case unusable(String)
        case missing
    }

    private let defaults: Access.Defaults
    private var files: [String: Entry] = [:]
    private var agents: [String: AgentIdentities] = [:]
    private var unlocked: [String: any Signer] = [:]
    private(set) var warnings: [String] = []
    private(set) var isInterrupted = false

    init(_ defaults: Access.Defaults) { self.defaults = defaults }

    // MARK: Loading

    /// Reads what these ways name, and asks for passphrases where nothing else can log in.
    mutating func load(_ ways: [Way], _ vault: KeyVault) async {
        var sockets: [String] = []
        for way in ways {
            for path in way.namedKeys + way.settings.identityFiles { read(expanded(path)) }
            if let socket = agentSocket(of: way), !sockets.contains(socket) { sockets.append(socket) }
        }
        for socket in sockets {
            do throws(AgentError) {
                agents[socket] = try await vault.agent(socket).identities()
            } catch {
                warnings.append(error.description)
            }
        }
        var wanted: [String] = []
        for way in ways {
            for path in lockedFiles(of: way) where !wanted.contains(path) { wanted.append(path) }
        }
        for path in wanted where !isInterrupted { await unlock(path, vault) }
    }

    private mutating func read(_ path: String) {
        guard files[path] == nil else { return }
        guard Files.exists(path) else {
            // The public half alone, with the rest in an agent.
            let half = publicHalf(path + ".pub")
            files[path] = half.map { .half(blob: $0, reason: "is not there, only its public half") } ?? .missing
            return
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limit: 1 << 20, regularOnly: true)
        } catch {
            files[path] = .unusable("cannot be read: \(error.reason)")
            return
        }
        if let key = HostKey(line: String(decoding: bytes.prefix(20_000), as: UTF8.self)) {
            files[path] = .half(blob: key.blob, reason: "is a public key, and no agent has the rest of it")
            return
        }
        switch KeyFile.inspect(bytes, pub: publicLine(path + ".pub"), name: path) {
        case .plain(let key): files[path] = .key(key)
        case .encrypted(let blob): files[path] = .locked(blob: blob)
        case .unusable(let reason): files[path] = .unusable(reason)
        }
    }

    private func publicLine(_ path: String) -> [UInt8]? { try? Files.read(path, limit: 64 << 10, regularOnly: true) }

    private func publicHalf(_ path: String) -> [UInt8]? {
        publicLine(path).flatMap { HostKey(line: String(decoding: $0, as: UTF8.self))?.blob }
    }

    private func agentSocket(of way: Way) -> String? {
        switch way.settings.identityAgent {
        case .none: return nil
        case .usual:
            let path = defaults.surroundings.environment("SSH_AUTH_SOCK") ?? ""
            return path.isEmpty ? nil : path
        case .socket(let path): return path
        }
    }

    /// Encrypted files that somebody named for this host, or, if there is nothing else to try, the usual ones.
    private func lockedFiles(of way: Way) -> [String] {
        guard way.settings.methods.contains("publickey") else { return [] }
        let held = agentKeys(of: way)
        func isLocked(_ path: String) -> Bool {
            guard case .locked(let blob) = files[path] else { return false }
            return blob.map { blob in !held.contains { $0.blob == blob } } ?? true
        }
        let named = named(way).filter(isLocked)
        if !named.isEmpty || !held.isEmpty { return named }
        let hasPlain = usual(way).contains { path in
            if case .key = files[path] { true } else { false }
        }
        let hasPassword = way.connection?.password != nil || defaults.password != nil
        return hasPlain || hasPassword ? [] : usual(way).filter(isLocked)
    }

    private mutating func unlock(_ path: String, _ vault: KeyVault) async {
        guard let ask = defaults.askSecret, case .locked(let blob) = files[path] else { return }
        for attempt in 1...3 {
            let again = attempt > 1 ? "that is not it; " : ""
            let passphrase: String
            switch ask("\(again)passphrase for \(path): ") {
            case .answer(let text) where !text.isEmpty: passphrase = text
            case .interrupted:
                isInterrupted = true
                return
            case .answer, .nothing:
                files[path] = .unusable("is encrypted with a passphrase, and none was given")
                return
            }
            do throws(PrivateAgent.Failure) {
                unlocked[path] = try await vault.unlock(path, passphrase, blob: blob)
                return
            } catch {
                switch error {
                case .wrongPassphrase: continue
                case .missingTool(let name): files[path] = .unusable("cannot be unlocked: there is no \(name) here")
                case .failed(let reason): files[path] = .unusable(reason)
                }
                return
            }
        }
        files[path] = .unusable("is encrypted, and the passphrase was wrong three times")
    }

    // MARK: Choosing

    private func named(_ way: Way) -> [String] {
        let configured = way.settings.identityFilesAreDefaults ? [] : way.settings.identityFiles
        return unique((way.namedKeys + configured).map(expanded))
    }

    /// Only where nobody names a file, as for ssh; the kinds that people make today before RSA, which ssh tries first.
    private func usual(_ way: Way) -> [String] {
        guard way.settings.identityFilesAreDefaults, way.namedKeys.isEmpty else { return [] }
        let paths = unique(way.settings.identityFiles.map(expanded))
        return paths.filter { $0.contains("ed25519") }
            + paths.filter { !$0.contains("ed25519") && !$0.hasSuffix("rsa") }
            + paths.filter { $0.hasSuffix("rsa") }
    }

    private func unique(_ paths: [String]) -> [String] {
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }

    private func agentKeys(of way: Way) -> [AgentKey] { agentSocket(of: way).flatMap { agents[$0]?.keys } ?? [] }

    /// The keys to offer, those first that somebody named for this host; and what is to be said about others when none
    /// of them is accepted. A file that the inventory or the command line names must be usable.
    mutating func keys(for way: Way, host: String) throws(Unusable) -> (keys: [any Signer], remarks: [String]) {
        let held = agentKeys(of: way)
        var keys: [any Signer] = []
        var remarks: [String] = []
        let rules = KeyRules(way.settings)
        func add(_ key: any Signer) {
            if keys.contains(where: { $0.blob == key.blob }) { return }
            if let objection = rules.objection(to: key) {
                remarks.append("\(key.name) \(objection)")
            } else {
                keys.append(key)
            }
        }
        let required = Set(way.namedKeys.map(expanded))
        for path in named(way) {
            switch choose(path, held) {
            case .success(let key): if let key { add(key) }
            case .failure(let problem):
                if required.contains(path) {
                    throw Unusable(host, "the key file \(path) \(problem.reason)", hint: problem.hint)
                }
                remarks.append("\(path) \(problem.reason)")
            }
        }
        if !way.settings.identitiesOnly { for key in held { add(key) } }
        for path in usual(way) {
            if case .missing = files[path] { continue }
            switch choose(path, held) {
            case .success(let key): if let key { add(key) }
            case .failure(let problem): remarks.append("\(path) \(problem.reason)")
            }
        }
        for other in agentSocket(of: way).flatMap({ agents[$0]?.unusable }) ?? [] {
            remarks.append("the agent's key \(other.name) \(other.reason) (`transport: openssh` can)")
        }
        return (keys, remarks)
    }

    private struct Problem: Error {
        let reason: String
        var hint: String?
    }

    private func choose(_ path: String, _ held: [AgentKey]) -> Result<(any Signer)?, Problem> {
        func inAgent(_ blob: [UInt8]?) -> (any Signer)? { held.first { $0.blob == blob } }
        if let key = unlocked[path] { return .success(key) }
        switch files[path] {
        case .key(let key): return .success(inAgent(key.blob) ?? key)
        case .half(let blob, let reason):
            return inAgent(blob).map { .success($0) } ?? .failure(Problem(reason: reason))
        case .locked(let blob):
            if let key = inAgent(blob) { return .success(key) }
            let hint = "add it to an agent with ssh-add, or run where Baton can ask for the passphrase"
            return .failure(Problem(reason: "is encrypted with a passphrase", hint: hint))
        case .unusable(let reason): return .failure(Problem(reason: reason))
        case .missing: return .failure(Problem(reason: "cannot be read: No such file or directory"))
        case nil: return .success(nil)
        }
    }

    private func expanded(_ path: String) -> String {
        path.hasPrefix("~/") ? defaults.home + path.dropFirst() : path
    }
}
