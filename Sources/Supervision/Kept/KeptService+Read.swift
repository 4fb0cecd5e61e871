internal import Document
internal import Text

extension KeptService {
    /// What a host has kept, held to the same rules as what a project writes: a host that was broken into makes no
    /// definition that no project could have. `secrets` is the text beside it.
    init(_ bytes: [UInt8], secrets: [UInt8]?, as name: String) throws(DocumentError) {
        let reader = try KeptReader(bytes, as: name, schema: Self.schema, known: ["service", "health"])
        definition = try ServiceDefinition(kept: try reader.needed("service"))
        health = try reader.read("health") { (reading) throws(DocumentError) in try Health(kept: reading) }
        let wants =
            definition.instances.contains { !$0.secrets.isEmpty } || definition.files.contains(where: \.isSecret)
        guard wants == (secrets != nil) else { throw reader.failure("what is secret of \(name) is not beside it") }
        if let secrets {
            do throws(DocumentError) {
                try fill(secrets, name)
            } catch {
                // An error about a value would show it.
                throw reader.failure("what is secret of \(name) cannot be read")
            }
        }
    }

    private mutating func fill(_ bytes: [UInt8], _ name: String) throws(DocumentError) {
        let known = ["instances", "files"]
        let reader = try KeptReader(bytes, as: name, schema: Self.secretSchema, known: known)
        let instances = try reader.needed("instances").all(100) { (item) throws(DocumentError) in
            try item.all(1000) { (pair) throws(DocumentError) in try EnvironmentVariable(kept: pair) }
        }
        var files: [String: String] = [:]
        for (path, content) in try reader.needed("files").pairs() { files[path] = try content.word() }
        guard instances.count == definition.instances.count,
            files.count == definition.files.count(where: \.isSecret)
        else { throw reader.failure("it is of something else") }
        for (index, variables) in instances.enumerated() {
            guard variables.map(\.name) == definition.instances[index].secrets.map(\.name) else {
                throw reader.failure("it is of something else")
            }
            definition.instances[index].secrets = variables
        }
        for index in definition.files.indices where definition.files[index].isSecret {
            guard let content = files[definition.files[index].path] else {
                throw reader.failure("it is of something else")
            }
            definition.files[index].content = content
        }
    }
}

extension EnvironmentVariable {
    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let words = try reading.all(2) { (item) throws(DocumentError) in try item.word() }
        guard words.count == 2, Reading.isVariableName(words[0]), words[1].utf8.count <= EnvironmentFile.longestValue
        else { throw reading.failure("\(reading.label) is no variable") }
        self.init(words[0], words[1])
    }
}

extension Health {
    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let reader = try KeptReader(reading, known: ["http", "command", "status", "version", "version_header"])
        switch (reader["http"], reader["command"]) {
        case (let url?, nil):
            let status = try reader.needed("status").count(in: 100...599)
            self.init(question: .http(try url.url(), status: status))
        case (nil, let line?): self.init(question: .command(try line.line()))
        default: throw reading.failure("\(reading.label) asks for nothing, or for two things")
        }
        version = try reader.read("version") { (reading) throws(DocumentError) in try reading.word() }
        versionHeader = try reader.read("version_header") { (reading) throws(DocumentError) in try reading.word() }
    }
}

extension ServiceDefinition {
    private static let keptKeys = [
        "name", "description", "root", "user", "group", "instances", "environment_files", "start_seconds",
        "stop_seconds", "stop_signal", "reload_signal", "normal_exit", "restart", "boot", "post_stop", "logs", "limits",
        "runtime_directories", "supervisor", "handover", "adopts", "files", "keys",
    ]

    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let reader = try KeptReader(reading, known: Self.keptKeys)
        let name = try reader.needed("name").text()
        if let problem = ServiceName.problem(with: name) {
            throw reading.failure("\(Printable.quoted(name)) is no name of a service: \(problem)")
        }
        let instances = try reader.needed("instances").all(100) { (item) throws(DocumentError) in
            try ServiceInstance(kept: item)
        }
        if instances.isEmpty { throw reading.failure("\(name) has no process") }
        self.init(
            name: name,
            description: try reader.needed("description").title(),
            root: try reader.read("root") { (reading) throws(DocumentError) in try reading.plainPath() },
            user: try reader.needed("user").accountName(),
            instances: instances
        )
        for index in self.instances.indices { self.instances[index].number = index }
        group = try reader.read("group") { (reading) throws(DocumentError) in try reading.accountName() }
        try readLife(reader)
        try readSurroundings(reader)
        handover = try HandoverWish(kept: try reader.needed("handover"))
        files = try reader.needed("files").all(1000) { (item) throws(DocumentError) in try InstalledFile(kept: item) }
        let keys = try reader.needed("keys").all(1000) { (item) throws(DocumentError) in try item.text() }
        let origin = Origin(SourceText(name: "the definition that was kept of \(name)", text: ""), .start)
        origins = Dictionary(keys.map { ($0, origin) }) { first, _ in first }
    }

    private mutating func readLife(_ reader: KeptReader) throws(DocumentError) {
        startSeconds = try reader.needed("start_seconds").count(in: 0...3600)
        stopSeconds = try reader.needed("stop_seconds").count(in: 1...86_400)
        stopSignal = try reader.needed("stop_signal").signal()
        reloadSignal = try reader.needed("reload_signal").signal()
        normalExit = try reader.needed("normal_exit").exits()
        let own = try KeptReader(try reader.needed("restart"), known: ["policy", "limit", "within"])
        let limit = try own.needed("limit").count(in: 0...10_000)
        restart = Restart(
            policy: try own.needed("policy").oneOf(RestartPolicy.self),
            limit: limit == 0 ? nil : limit,
            within: try own.needed("within").count(in: 1...604_800)
        )
        startsAtBoot = try reader.flag("boot")
        postStop = try reader.read("post_stop") { (reading) throws(DocumentError) in try reading.line() }
    }

    private mutating func readSurroundings(_ reader: KeptReader) throws(DocumentError) {
        environmentFiles = try reader.needed("environment_files").all(1000) { (item) throws(DocumentError) in
            try item.plainPath()
        }
        logs = try Logs(kept: try reader.needed("logs"))
        limits = try reader.needed("limits").all(10) { (item) throws(DocumentError) in
            let parts = try item.list()
            guard parts.count == 2 else { throw item.failure("\(item.label) is no limit") }
            let value = try parts[1].text()
            let number = Int(value)
            guard value == "unlimited" || number.map({ (0...1_000_000_000).contains($0) }) == true else {
                throw item.failure("\(item.label) is no limit")
            }
            return Limit(resource: try parts[0].oneOf(Limit.Resource.self), value: number)
        }
        runtimeDirectories = try reader.needed("runtime_directories").all(100) { (item) throws(DocumentError) in
            try item.runtimeDirectory()
        }
        supervisor = try SupervisorChoice(kept: try reader.needed("supervisor"))
        adopts = try reader.flag("adopts")
    }
}

extension ServiceInstance {
    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let known = ["command", "directory", "environment", "secrets", "log", "listen"]
        let reader = try KeptReader(reading, known: known)
        let directory = try reader.needed("directory")
        let command = try reader.needed("command").all(10_000) { (item) throws(DocumentError) in try item.word() }
        self.init(
            number: 0,
            command: try reading.checked(command),
            directory: try directory.directory(in: nil)
        )
        environment = try reader.needed("environment").all(1000) { (item) throws(DocumentError) in
            try EnvironmentVariable(kept: item)
        }
        secrets = try reader.needed("secrets").all(1000) { (item) throws(DocumentError) in
            let name = try item.text()
            guard Reading.isVariableName(name) else { throw item.failure("\(item.label) is no variable") }
            return EnvironmentVariable(name, "")
        }
        logFile = try reader.read("log") { (reading) throws(DocumentError) in try reading.plainPath() }
        listen = try reader.read("listen") { (reading) throws(DocumentError) in try reading.address() }
    }
}

extension Logs {
    private enum Kind: String, CaseIterable { case usual, journal, syslog, file, home }

    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let reader = try KeptReader(reading, known: ["kind", "rotate", "keep"])
        let rotation: Rotation? = try reader.read("rotate") { (bytes) throws(DocumentError) in
            Rotation(bytes: try bytes.count(in: 1...1 << 50), keep: try reader.needed("keep").count(in: 1...1000))
        }
        switch (try reader.needed("kind").oneOf(Kind.self), rotation) {
        case (.usual, nil): self = .usual
        case (.journal, nil): self = .journal
        case (.syslog, nil): self = .syslog
        case (.file, _): self = .file(rotation)
        case (.home, let rotation?): self = .home(rotation)
        default: throw reading.failure("\(reading.label) cannot be rotated so")
        }
    }
}

extension SupervisorChoice {
    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let words = try reading.all(5) { (item) throws(DocumentError) in try item.text() }
        switch words {
        case ["auto"]: self = .automatic
        default:
            let isAny = words.first == "any"
            let supervisors = (isAny ? Array(words.dropFirst()) : words).compactMap { Supervisor(rawValue: $0) }
            guard !supervisors.isEmpty, supervisors.count == words.count - (isAny ? 1 : 0), isAny || words.count == 1
            else { throw reading.failure("\(reading.label) names no supervisor") }
            self = isAny ? .oneOf(supervisors) : .named(supervisors[0])
        }
    }
}

extension HandoverWish {
    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let known = ["strategy", "profile", "pidfile", "boot", "drain", "overrun", "generic"]
        let reader = try KeptReader(reading, known: known)
        self.init()
        strategy = try reader.needed("strategy").oneOf(Strategy.self)
        profile = try reader.read("profile") { (reading) throws(DocumentError) in try reading.word() }
        pidfile = try reader.read("pidfile") { (reading) throws(DocumentError) in try reading.plainPath() }
        boot = try reader.needed("boot").duration()
        drain = try reader.needed("drain").duration()
        overrun = try reader.needed("overrun").oneOf(Overrun.self)
        generic = try reader.read("generic") { (reading) throws(DocumentError) in try GenericServer(kept: reading) }
    }
}

extension GenericServer {
    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let signals = ["upgrade", "drain", "revive", "final", "quick"]
        let reader = try KeptReader(reading, known: ["process", "second_pidfile", "second_is_new"] + signals)
        self.init(
            process: try reader.needed("process").title(),
            secondPidFile: try reader.needed("second_pidfile").fileSuffix(),
            secondIsNew: try reader.flag("second_is_new"),
            final: try reader.needed("final").signal()
        )
        upgrade = try reader.needed("upgrade").signal()
        quick = try reader.needed("quick").signal()
        drain = try reader.read("drain") { (reading) throws(DocumentError) in try reading.signal() }
        revive = try reader.read("revive") { (reading) throws(DocumentError) in try reading.signal() }
    }
}

extension InstalledFile {
    fileprivate init(kept reading: Reading) throws(DocumentError) {
        let reader = try KeptReader(reading, known: ["path", "mode", "user", "group", "content"])
        let content = try reader.read("content") { (reading) throws(DocumentError) in try reading.word() }
        let owner = Rendering.Owner(
            user: try reader.needed("user").accountName(),
            group: try reader.read("group") { (reading) throws(DocumentError) in try reading.accountName() }
        )
        self.init(
            path: try reader.needed("path").plainPath(),
            mode: UInt16(try reader.needed("mode").count(in: 0...0o7777)),
            owner: owner,
            content: content ?? "",
            isSecret: content == nil
        )
    }
}
