import Foundation
import Reactor
import Supervision
import TestSupport
import Testing

/// What is rendered, before the eyes of those who will read it and are here: systemd's own checker, and the shells.
/// (supervisord's reader and runit are asked on real hosts; of Upstart there is none here.)
struct CheckerTests {
    private func put(_ text: String, _ name: String, in place: String) throws -> String {
        let path = "\(place)/\(name)"
        try Files.write(Array(text.utf8), to: path)
        return path
    }

    private static let names = Project.names(in: "rendered").filter { $0 != "narrow" }

    @Test(.enabled(if: Surroundings.has("systemd-analyze")), arguments: names + ["narrow"])
    func `systemd takes its units`(name: String) async throws {
        let rendering = try Project.named(name).rendering(.systemd)
        try await withWorkplace(hosts: 0) { place in
            let units = "\(place.directory)/units"
            try Files.makeDirectory(units)
            for file in rendering.files where file.path.hasPrefix("/etc/systemd/system/") {
                let parts = file.path.split(separator: "/").dropFirst(3).map(String.init)
                if parts.count == 2 { try Files.makeDirectory("\(units)/\(parts[0])") }
                // The program need not be here.
                let lines = file.content.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                    guard line.hasPrefix("ExecStart=/srv/") else { return String(line) }
                    return "ExecStart=/usr/bin/env " + line.split(separator: " ").dropFirst().joined(separator: " ")
                }
                _ = try self.put(lines.joined(separator: "\n"), parts.joined(separator: "/"), in: units)
            }
            var environment = Surroundings.environment
            environment["SYSTEMD_UNIT_PATH"] = units + ":"
            let names = rendering.members + (rendering.members.contains(rendering.whole) ? [] : [rendering.whole])
            let result = try await runChild(
                ["systemd-analyze", "verify", "--man=no", "--generators=no"] + names.map { "\(units)/\($0)" },
                environment: environment,
                directory: units
            )
            let said = result.errors + result.output
            #expect(result.succeeded, "\(said)")
            #expect(!said.contains(units), "\(said)")
        }
    }

    /// Every shell script of a rendering: files, and the blocks in Upstart's jobs.
    private func scripts(_ rendering: Rendering) -> [(String, String)] {
        var scripts: [(String, String)] = []
        for file in rendering.files {
            if file.content.hasPrefix("#!/bin/sh") || file.path.hasSuffix("post-stop") {
                scripts.append((file.path, file.content))
            }
            guard file.path.hasPrefix("/etc/init/") else { continue }
            var block: [Substring]?
            for line in file.content.split(separator: "\n", omittingEmptySubsequences: false) {
                if line == "script" || line.hasSuffix("-start script") || line.hasSuffix("-stop script") {
                    block = []
                } else if line == "end script" {
                    scripts.append((file.path, (block ?? ["("]).joined(separator: "\n")))
                    block = nil
                } else {
                    block?.append(line)
                }
            }
            if block != nil { scripts.append((file.path, "(")) }
        }
        return scripts
    }

    @Test(arguments: names, [Supervisor.systemd, .supervisord, .upstart, .runit])
    func `shells take its scripts`(name: String, supervisor: Supervisor) async throws {
        let found = scripts(try Project.named(name).rendering(supervisor))
        if supervisor != .systemd { #expect(!found.isEmpty) }
        try await withWorkplace(hosts: 0) { place in
            for (path, script) in found {
                let file = try self.put(script, "script", in: place.directory)
                for shell in HostShell.present where shell != .applets {
                    let result = try await runChild(shell.words + ["-n", file])
                    #expect(result.succeeded && result.errors == "", "\(path) \(shell): \(result.errors)")
                }
            }
        }
    }
}
