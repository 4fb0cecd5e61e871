import Reactor
import Supervision
import TestSupport
import Testing

/// Launchers, run by every shell: a service finds the same around it, byte for byte.
struct LauncherTests {
    private func environment(_ result: ChildResult) -> [String: String] {
        var variables: [String: String] = [:]
        for entry in result.stdout.split(separator: 0) {
            let parts = String(decoding: entry, as: UTF8.self).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
        return variables
    }

    private static let long = String(repeating: "0123456789abcdef'\"$%\n;#\\ü", count: 64 * 1024 / 25)

    private func project(_ user: String) -> Project {
        var project = Project(
            text: """
                services:
                  web:
                    command: [/usr/bin/env, "-0"]
                    user: \(user)
                    directory: "{{ place }}"
                    processes: 2
                    environment:
                      HOSTILE: "{{ hostile }}"
                      LONG: "{{ long }}"
                      OWN: "{{ instance }} of \\"two\\""
                      PLAIN: yes
                    restart: {limit: 0}

                """
        )
        project.variables = [
            "hostile": "'\"$HOME`id`$(id)\\\n;#%\tü€😀\u{1}\r ", "long": LauncherTests.long, "place": "/usr/share",
        ]
        return project
    }

    @Test(arguments: HostShell.present.filter { $0 != .applets })
    func `the environment arrives`(shell: HostShell) async throws {
        let project = project("root")
        let rendering = try project.rendering(.supervisord)
        try await withWorkplace(hosts: 0) { place in
            let file = "\(place.directory)/launch"
            try Files.write(Array(try rendering.file("/etc/baton/services/web/launch").utf8), to: file)
            let result = try await runChild(shell.words + [file, "1"], environment: ["HOME": "/wrong", "OLDPWD": "/"])
            #expect(result.succeeded, "\(result.errors)")
            let found = self.environment(result)
            #expect(found["HOSTILE"] == project.variables["hostile"])
            #expect(found["LONG"] == LauncherTests.long)
            #expect(found["OWN"] == "1 of \"two\"")
            // That one is supervisord's to set.
            #expect(found["PLAIN"] == nil)
            #expect(found["HOME"] == "/root")
            #expect(found["USER"] == "root")
            #expect(found["LOGNAME"] == "root")
            #expect(found["PWD"] == "/usr/share")
            #expect(found["OLDPWD"] == nil)
            let none = try await runChild(shell.words + [file, "2"])
            #expect(!none.succeeded)
        }
    }

    @Test(arguments: HostShell.present.filter { $0 != .applets })
    func `words arrive`(shell: HostShell) async throws {
        let definition = try Project.named("hostile").definition()
        var words = definition
        words.instances[0].command[1] = #"%s\0"#
        words.user = "root"
        words.restart.limit = nil
        let rendering = try words.rendered(for: Supervisor.supervisord.usualVersion)
        try await withWorkplace(hosts: 0) { place in
            let file = "\(place.directory)/launch"
            try Files.write(Array(try rendering.file("/etc/baton/services/hostile/launch").utf8), to: file)
            let result = try await runChild(shell.words + [file, "0"])
            let found = result.stdout.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            #expect(
                found.map { String(decoding: $0, as: UTF8.self) } == Array(definition.instances[0].command.dropFirst(2))
            )
        }
    }

    @Test(arguments: HostShell.present.filter { $0 != .applets })
    func `secrets are sourced as they are`(shell: HostShell) async throws {
        var project = project("root")
        project.text = """
            services:
              web:
                command: [/usr/bin/env, "-0"]
                environment: {A: !secret env:A, B: !secret env:B}
                restart: {limit: 0}

            """
        project.secrets = ["A": "'\"$HOME`id`$(id)\\\n;#%\tü€😀\u{1}\r ", "B": LauncherTests.long]
        let secrets = project.secrets
        let rendering = try project.rendering(.supervisord)
        try await withWorkplace(hosts: 0) { place in
            let path = "/etc/baton/services/web/secrets"
            let file = "\(place.directory)/launch"
            let launch = try rendering.file("/etc/baton/services/web/launch")
            try Files.write(Array(launch.replacing(path, with: "\(place.directory)/secrets").utf8), to: file)
            try Files.write(Array(try rendering.file(path).utf8), to: "\(place.directory)/secrets")
            let found = self.environment(try await runChild(shell.words + [file, "0"]))
            #expect(found["A"] == secrets["A"])
            #expect(found["B"] == secrets["B"])
        }
    }

    @Test(arguments: HostShell.present.filter { $0 != .applets })
    func `one restart too many is refused, and time heals`(shell: HostShell) async throws {
        let project = Project(
            text: "services: {web: {command: /bin/true, restart: {limit: 2, within: 1000s}}}\n"
        )
        let text = try project.rendering(.supervisord).file("/etc/baton/services/web/launch")
        try await withWorkplace(hosts: 0) { place in
            let file = "\(place.directory)/launch"
            let record = "\(place.directory)/starts-0"
            try Files.write(Array(text.replacing("/run/baton/web", with: place.directory).utf8), to: file)
            for _ in 0..<3 {
                let result = try await runChild(shell.words + [file, "0"])
                #expect(result.succeeded && result.errors == "", "\(result.errors)")
            }
            let refused = try await runChild(shell.words + [file, "0"])
            #expect(!refused.succeeded)
            #expect(refused.errors == "web: more than 2 restarts within 1000 seconds\n")
            // Long ago, of another boot, and no time at all.
            try Files.write(Array("-5\n9999999999\nx\n\n".utf8), to: record)
            #expect(try await runChild(shell.words + [file, "0"]).succeeded)
            try Files.removeTree(record)
            #expect(try await runChild(shell.words + [file, "0"]).succeeded)
        }
    }

    @Test(arguments: HostShell.present.filter { $0 != .applets })
    func `what nobody has made since the boot is told`(shell: HostShell) async throws {
        let project = Project(
            text: "services: {web: {command: /bin/echo ran, runtime_directories: /run/shop, restart: {limit: 0}}}\n"
        )
        let text = try project.rendering(.supervisord).file("/etc/baton/services/web/launch")
        try await withWorkplace(hosts: 0) { place in
            let (file, folder) = ("\(place.directory)/launch", "\(place.directory)/shop")
            try Files.write(Array(text.replacing("/run/shop", with: folder).utf8), to: file)
            let missing = try await runChild(shell.words + [file, "0"])
            #expect(!missing.succeeded && missing.output == "", "\(missing.output)")
            #expect(missing.errors == "web: nothing has made \(folder) since the boot; baton start web does\n")
            try Files.makeDirectory(folder)
            #expect(try await runChild(shell.words + [file, "0"]).output == "ran\n")
        }
    }
}
