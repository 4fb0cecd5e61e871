package import Document
import Text

extension ServiceDeclaration {
    /// The definition for one host. What is wrong with it comes at once, with its places.
    package func evaluate(
        release: ReleaseDeclaration?,
        _ scope: ServiceScope
    ) throws(DocumentError) -> ServiceDefinition {
        var notes = ServiceNotes()
        return try evaluate(release: release, scope, &notes)
    }

    /// The same, for who can wait for what is not known yet.
    package func evaluate(
        release: ReleaseDeclaration?,
        _ scope: ServiceScope,
        _ notes: inout ServiceNotes
    ) throws(DocumentError) -> ServiceDefinition {
        var diagnostics = Diagnostics()
        var place: (root: String, user: String?)?
        if let release {
            var reader = SettingsReader(release.settings, scope.evaluator())
            let user = reader.read("user") { (reading) throws(DocumentError) in try reading.accountName() }
            if let root = reader.needed("root", { (reading) throws(DocumentError) in try reading.plainPath() }) {
                place = (root, user)
            }
            notes.add(reader)
            diagnostics.add(contentsOf: reader.diagnostics)
        }
        var reader = SettingsReader(settings, scope.evaluator(for: self))
        var definition = shared(&reader, place)
        let count = reader.read("processes") { (reading) throws(DocumentError) in try reading.count(in: 1...100) } ?? 1
        notes.add(reader)
        diagnostics.add(contentsOf: reader.diagnostics)
        for number in 0..<count {
            var reader = SettingsReader(settings, scope.evaluator(for: self, instance: number))
            if let instance = instance(number, of: count, &reader, place?.root) {
                definition.instances.append(instance)
            }
            notes.add(reader)
            diagnostics.add(contentsOf: reader.diagnostics)
            // What is wrong with one is wrong with the others.
            if diagnostics.hasErrors { break }
        }
        diagnostics.sortByPosition()
        try diagnostics.throwIfErrors()
        return definition
    }

    /// What must hold while an instance is well; nil where nothing is said.
    package func health(instance: Int, _ scope: ServiceScope) throws(DocumentError) -> Health? {
        var reader = SettingsReader(settings, scope.evaluator(for: self, instance: instance))
        var question: Health.Question?
        if let url = reader.read("health.http", { (reading) throws(DocumentError) in try reading.url() }) {
            let status = reader.read("health.status") { (reading) throws(DocumentError) in
                try reading.count(in: 100...599)
            }
            question = .http(url, status: status ?? 200)
        } else if let line = reader.line("health.command") {
            question = .command(try line.line())
        }
        let version = reader.read("health.version") { (reading) throws(DocumentError) in try reading.word() }
        let header = reader.read("health.version_header") { (reading) throws(DocumentError) in try reading.word() }
        try reader.diagnostics.throwIfErrors()
        return question.map { Health(question: $0, version: version, versionHeader: header) }
    }

    // MARK: What all instances share

    private func shared(_ reader: inout SettingsReader, _ place: (root: String, user: String?)?) -> ServiceDefinition {
        let user = reader.read("user") { (reading) throws(DocumentError) in try reading.accountName() }
        let title = reader.read("description") { (reading) throws(DocumentError) in try reading.title() }
        var definition = ServiceDefinition(
            name: name,
            description: title ?? name,
            root: place?.root,
            user: user ?? place?.user ?? "root",
            instances: []
        )
        definition.group = reader.read("group") { (reading) throws(DocumentError) in try reading.accountName() }
        definition.environmentFiles =
            reader.read("environment_files") { (reading) throws(DocumentError) in
                try reading.each { (item) throws(DocumentError) in try item.plainPath() }
            } ?? []
        life(&definition, &reader)
        surroundings(&definition, &reader)
        handover(&definition.handover, &reader)
        var origins = settings.origins
        if case .string(let word)? = settings["logs"]?.content { origins["logs: \(word)"] = settings["logs"]?.origin }
        if definition.handover.strategy == .takeover {
            origins[ServiceKeys.takeover] = settings["handover.strategy"]?.origin
        }
        definition.origins = origins
        return definition
    }

    private func life(_ definition: inout ServiceDefinition, _ reader: inout SettingsReader) {
        definition.startSeconds =
            reader.read("start_seconds") { (reading) throws(DocumentError) in try reading.count(in: 0...3600) } ?? 1
        definition.stopSeconds =
            reader.read("stop_seconds") { (reading) throws(DocumentError) in try reading.count(in: 1...86_400) } ?? 10
        definition.stopSignal =
            reader.read("stop_signal") { (reading) throws(DocumentError) in try reading.signal() } ?? .term
        definition.reloadSignal =
            reader.read("reload_signal") { (reading) throws(DocumentError) in try reading.signal() } ?? .hup
        definition.normalExit =
            reader.read("normal_exit") { (reading) throws(DocumentError) in try reading.exits() } ?? [.status(0)]
        if let policy = reader.choice("restart.policy", RestartPolicy.self) { definition.restart.policy = policy }
        let limit = reader.read("restart.limit") { (reading) throws(DocumentError) in try reading.count(in: 0...10_000)
        }
        if let limit { definition.restart.limit = limit == 0 ? nil : limit }
        let within = reader.read("restart.within") { (reading) throws(DocumentError) in try reading.duration() }
        if let within { definition.restart.within = max(1, Int(within.components.seconds)) }
        let start = reader.read("start_on") { (reading) throws(DocumentError) in
            try reading.choice(["boot", "manual"])
        }
        definition.startsAtBoot = start != "manual"
        do throws(DocumentError) {
            definition.postStop = try reader.line("post_stop")?.line()
        } catch {
            reader.diagnostics.add(contentsOf: error.diagnostics)
        }
    }

    private func surroundings(_ definition: inout ServiceDefinition, _ reader: inout SettingsReader) {
        let size = reader.read("logs.rotate") { (reading) throws(DocumentError) in try reading.size() }
        let keep = reader.read("logs.keep") { (reading) throws(DocumentError) in try reading.count(in: 1...1000) }
        switch settings["logs"]?.content {
        case .string("syslog"): definition.logs = .syslog
        case .string("journal"): definition.logs = .journal
        default:
            if settings.has("logs.file") { definition.logs = .file(size.map { Rotation(bytes: $0, keep: keep ?? 10) }) }
        }
        for resource in Limit.Resource.allCases {
            let found: Int?? = reader.read("limits.\(resource.rawValue)") { (reading) throws(DocumentError) in
                try reading.limit()
            }
            if let found { definition.limits.append(Limit(resource: resource, value: found)) }
        }
        definition.runtimeDirectories =
            reader.read("runtime_directories") { (reading) throws(DocumentError) in
                try reading.each { (item) throws(DocumentError) in try item.runtimeDirectory() }
            } ?? []
        let names = ["auto"] + Supervisor.allCases.map(\.rawValue)
        let supervisor = reader.read("supervisor") { (reading) throws(DocumentError) in try reading.choice(names) }
        if let supervisor {
            definition.supervisor = Supervisor(rawValue: supervisor).map { .named($0) } ?? .automatic
        }
        definition.adopts = reader.read("adopt") { (reading) throws(DocumentError) in try reading.flag() } ?? false
    }

    private func handover(_ wish: inout HandoverWish, _ reader: inout SettingsReader) {
        wish.strategy = reader.choice("handover.strategy", HandoverWish.Strategy.self) ?? .auto
        wish.profile = reader.read("handover.profile") { (reading) throws(DocumentError) in try reading.text() }
        wish.pidfile = reader.read("handover.pidfile") { (reading) throws(DocumentError) in try reading.plainPath() }
        wish.overrun = reader.choice("handover.drain_overrun", HandoverWish.Overrun.self) ?? .wait
        if let boot = reader.read("handover.boot", { (reading) throws(DocumentError) in try reading.duration() }) {
            wish.boot = boot
        }
        if let drain = reader.read("handover.drain", { (reading) throws(DocumentError) in try reading.duration() }) {
            wish.drain = drain
        }
        generic(&wish, &reader)
        if wish.strategy == .takeover, wish.pidfile == nil, let origin = settings["handover.strategy"]?.origin {
            reader.diagnostics.add(
                Diagnostic(
                    "a takeover needs \"pidfile\"",
                    in: origin.source,
                    at: origin.position,
                    hint: "the file that the server is told to write, as with gunicorn's --pid"
                )
            )
        }
    }

    private func generic(_ wish: inout HandoverWish, _ reader: inout SettingsReader) {
        let given = HandoverWish.genericKeys.filter { settings.has("handover.\($0)") }
        guard wish.profile == "generic" else {
            if let key = given.first, let origin = settings["handover.\(key)"]?.origin {
                let problem = "\"\(key)\" is for \"profile: generic\": other profiles know it"
                reader.diagnostics.add(Diagnostic(problem, in: origin.source, at: origin.position))
            }
            return
        }
        func signal(_ key: String) -> Signal? {
            reader.read("handover.\(key)") { (reading) throws(DocumentError) in try reading.signal() }
        }
        let process = reader.read("handover.process") { (reading) throws(DocumentError) in try reading.title() }
        let suffix = reader.read("handover.second_pidfile") { (reading) throws(DocumentError) in
            try reading.fileSuffix()
        }
        let whose = reader.read("handover.second_pidfile_of") { (reading) throws(DocumentError) in
            try reading.choice(["new", "old"])
        }
        let final = signal("final_signal")
        guard let process, let suffix, let final else {
            for key in ["process", "second_pidfile", "final_signal"] where !settings.has("handover.\(key)") {
                if let origin = settings["handover.profile"]?.origin {
                    let problem = "\"profile: generic\" needs \"\(key)\""
                    reader.diagnostics.add(Diagnostic(problem, in: origin.source, at: origin.position))
                }
            }
            return
        }
        var server = GenericServer(
            process: process,
            secondPidFile: suffix,
            secondIsNew: whose == "new",
            final: final
        )
        if let upgrade = signal("upgrade_signal") { server.upgrade = upgrade }
        (server.drain, server.revive) = (signal("drain_signal"), signal("revive_signal"))
        if let quick = signal("quick_signal") { server.quick = quick }
        if server.drain != nil, server.revive == nil, let origin = settings["handover.drain_signal"]?.origin {
            reader.diagnostics.add(
                Diagnostic(
                    "a server that is drained must be able to have its workers again: \"revive_signal\" is missing",
                    in: origin.source,
                    at: origin.position
                )
            )
        }
        wish.generic = server
    }

    // MARK: One instance

    private func instance(
        _ number: Int,
        of count: Int,
        _ reader: inout SettingsReader,
        _ root: String?
    ) -> ServiceInstance? {
        let current = root.map { "\($0)/current" }
        let directory = reader.read("directory") { (reading) throws(DocumentError) in
            try reading.directory(in: current)
        }
        var instance = ServiceInstance(number: number, command: [], directory: directory ?? current ?? "/")
        if let reading = reader.line("command") {
            do throws(DocumentError) {
                var words = try reading.words()
                if words[0].contains("/"), !words[0].hasPrefix("/") {
                    guard let current else {
                        throw reading.failure(
                            "\(reading.label) begins with a relative path, and the service has no release",
                            hint: "write the whole path of the program"
                        )
                    }
                    words[0] =
                        current + "/" + words[0].split(separator: "/").filter { $0 != "." }.joined(separator: "/")
                }
                instance.command = words
            } catch {
                reader.diagnostics.add(contentsOf: error.diagnostics)
            }
        }
        (instance.environment, instance.secrets) = reader.environment("environment")
        instance.listen = reader.read("listen") { (reading) throws(DocumentError) in try reading.address() }
        instance.logFile = reader.read("logs.file") { (reading) throws(DocumentError) in try reading.plainPath() }
        if count > 1, let file = instance.logFile, settings["logs.file"]?.isInPlay != true {
            instance.logFile = ServiceDeclaration.numbered(file, number)
        }
        return instance.command.isEmpty ? nil : instance
    }

    // Two processes must not write one file that is rotated.
    private static func numbered(_ file: String, _ number: Int) -> String {
        let end = file.lastIndex(of: "/") ?? file.startIndex
        if let dot = file.lastIndex(of: "."), dot > file.index(after: end) {
            return file[..<dot] + "-\(number)" + file[dot...]
        }
        return file + "-\(number)"
    }
}

extension SettingsReader {
    mutating func choice<Word: RawRepresentable & CaseIterable>(_ path: String, _ type: Word.Type) -> Word?
    where Word.RawValue == String {
        read(path) { (reading) throws(DocumentError) in try reading.choice(Word.allCases.map(\.rawValue)) }
            .flatMap { Word(rawValue: $0) }
    }
}

extension Reading {
    func each<Found>(_ read: (Reading) throws(DocumentError) -> Found) throws(DocumentError) -> [Found] {
        var found: [Found] = []
        for item in items() { found.append(try read(item)) }
        return found
    }
}
