import Document
import HostSide
import Inventory
import Playbook
import Supervision
import Testing

/// A project in memory: an inventory, a playbook, files.
struct World {
    var inventory = "all: {hosts: {web1: {}, web2: {}}}\n"
    var files: [String: String] = [:]
    var extra: [String: Value] = [:]
    /// `services/*.yml`, where there is such a folder.
    var services: String?
    var secrets: [String: String] = ["TOKEN": "hunter2-secret"]

    func contents() -> Contents {
        let files = files
        var diagnostics = Diagnostics()
        let catalog = services.map { text in
            let file = ServiceFile.parse(SourceText(name: "services/all.yml", text: text), diagnostics: &diagnostics)
            return ServiceCatalog(file.map { [$0] } ?? [], diagnostics: &diagnostics)
        }
        return Contents(root: "root", folder: "root/playbooks", catalog: catalog) { (path) throws(ContentProblem) in
            guard let text = files[path] else { throw ContentProblem("no such file", isMissing: true) }
            return Array(text.utf8)
        }
    }

    func run() throws -> RunScope {
        let inventory = try Inventory.parse([SourceText(name: "hosts.yml", text: inventory)])
        let secrets = secrets
        return RunScope(inventory, extra: extra, playbookFolder: "root/playbooks") {
            (reference) throws(SecretProblem) in
            guard case .environment(let name) = reference else { throw .later }
            guard let secret = secrets[name] else { throw SecretProblem("it is not set") }
            return secret
        }
    }

    func scope(_ name: String = "web1") throws -> HostScope {
        let inventory = try Inventory.parse([SourceText(name: "hosts.yml", text: inventory)])
        return HostScope(try #require(inventory.host(named: name)), try run())
    }

    /// What the tasks of the first play come to for a host, in their order.
    func resolved(_ playbook: String, host: String = "web1") throws -> [Resolution] {
        let play = try Playbook.parse(SourceText(name: "play.yml", text: playbook)).plays[0]
        let contents = contents()
        var scope = try scope(host)
        scope.enter(PlayScope(play, hosts: ["web1", "web2"]))
        return try play.order.map { try scope.resolve($0, contents) }
    }

    /// The work of one task, whose keys are given.
    func work(_ task: String, host: String = "web1") throws -> any Work {
        let text = "- hosts: all\n  tasks:\n    - " + task.split(separator: "\n").joined(separator: "\n      ") + "\n"
        guard case .ready(let ready) = try resolved(text, host: host)[0] else {
            throw DocumentError(Diagnostic("not ready", in: SourceText(name: "", text: ""), at: nil))
        }
        return ready.work
    }

    /// What is wrong with one task, or nothing.
    func problem(_ task: String) -> String {
        do {
            _ = try work(task)
            return ""
        } catch {
            return "\(error)"
        }
    }
}

/// What is wrong with a playbook.
func problems(_ text: String) -> String {
    do {
        _ = try Playbook.parse(SourceText(name: "play.yml", text: text))
        return ""
    } catch {
        return "\(error)"
    }
}
