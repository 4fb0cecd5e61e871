import Document
import Foundation
import Playbook
import Testing

/// docs/playbooks.md and the declarations say the same. BATON_UPDATE_SNAPSHOTS=1 writes the tables.
struct ReferenceTests {
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let page = URL(filePath: root + "/docs/playbooks.md")

    private static func text() throws -> String { String(decoding: try Data(contentsOf: page), as: UTF8.self) }

    private static func takes(_ type: KeyType) -> String {
        switch type {
        case .text: "a text"
        case .path: "a path"
        case .paths: "a path or a list of paths"
        case .source: "a file"
        case .mode: "a mode"
        case .account: "a name or a number"
        case .flag: "true or false"
        case .count(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration: "a length of time"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .command: "a command"
        case .words: "a list of texts"
        case .settings: "names and texts"
        case .headers: "headers and texts"
        case .condition: "an expression, or a list of them"
        case .tags: "a list, or a text with commas"
        case .identifier: "a name"
        case .variables: "names and values"
        case .hosts: "a pattern, or a list of them"
        case .tasks: "a list of tasks"
        case .statuses: "a status, a range, or a list"
        case .batches: "a number, a share, or a list"
        case .url: "an address"
        case .endpoint: "`host:port`, or a port"
        case .group(let keys): keys.map { "`\($0.name)`" }.joined(separator: ", ")
        }
    }

    private static func table(_ keys: [TaskKey], saysTemplates: Bool) -> String {
        var text = "| key | takes | usual | |\n| --- | --- | --- | --- |\n"
        for key in keys {
            let names = ([key.name] + key.aliases).map { "`\($0)`" }.joined(separator: ", ")
            var takes = takes(key.type)
            if key.takesSecrets { takes += "; may be a secret" }
            if saysTemplates, !key.takesTemplates { takes += "; *as it is*" }
            let usual = key.isRequired ? "needed" : key.usual
            text += "| \(names) | \(takes) | \(usual) | \(key.help.replacing("|", with: "\\|")) |\n"
        }
        return text
    }

    private static func kinds() -> String {
        var text = ""
        for kind in TaskKind.all {
            text += "### \(kind.name)\n\n\(kind.help)"
            if !kind.short.isEmpty { text += " `\(kind.name): VALUE` is `\(kind.name): {\(kind.short): VALUE}`." }
            text += "\n\n" + table(kind.keys, saysTemplates: false)
            for key in kind.keys {
                if case .group(let keys) = key.type {
                    text += "\n`\(key.name)`:\n\n" + table(keys, saysTemplates: false)
                }
            }
            if let example = examples[kind.name] { text += "\n```yaml\n\(example)```\n" }
            text += "\n"
        }
        return text
    }

    // What is shown of each kind; `examples are playbooks` reads them.
    private static let examples = [
        "directory":
            "- directory: /srv/shop\n- directory: {path: /srv/shop/log, owner: shop, group: adm, mode: \"u=rwx,g=rx,o=\"}\n- directory: {path: /srv/shop/old, state: absent, recursive: true}\n",
        "file":
            "- file: {path: /etc/motd, content: \"Welcome to {{ inventory_hostname }}\\n\"}\n- file: {src: sudoers, dest: /etc/sudoers.d/shop, mode: 0440, validate: \"visudo -cf %s\"}\n- file: {path: /srv/shop/shop.db, owner: shop, mode: g-w}\n- file: {path: /etc/cron.d/old, state: absent}\n",
        "template":
            "- template: {src: shop.conf, dest: /etc/shop/shop.conf, owner: root, group: shop, mode: \"0640\", backup: true}\n",
        "link": "- link: {path: /srv/shop/current, target: \"releases/{{ version }}\"}\n  vars: {version: \"2.4.1\"}\n",
        "run":
            "- run: \"useradd --system {{ name }}\"\n  vars: {name: shop}\n- run: {cmd: apt-get install -y nginx, unless: dpkg -s nginx}\n- run: {argv: [pg_dump, --file, /tmp/shop.sql, shop], creates: /tmp/shop.sql}\n  become_user: postgres\n- run: {cmd: bin/migrate, chdir: /srv/shop, changed_when: \"'applied' in migration.stdout\"}\n  register: migration\n  once: true\n- run:\n    cmd: kill -HUP $(cat /run/shop.pid)\n    when_older: {than: [/etc/shop/shop.conf], pidfile: /run/shop.pid}\n",
        "check":
            "- check: {http: \"http://127.0.0.1:8000/healthz\", status: 200-299, version: \"2.4.1\"}\n  retries: 30\n  delay: 1s\n- check: {http: \"http://localhost/status\", connect: /run/shop.sock, headers: {Authorization: !secret env:STATUS_KEY}}\n- check: {tcp: 5432}\n- check: {command: \"test -S /run/shop.sock\"}\n",
        "service":
            "- service: web\n- service: {name: worker, state: stopped}\n- service: {name: old, state: absent}\n- service: {unit: nginx, enabled: true}\n",
        "restart": "- restart: web\n- restart: {unit: nginx}\n  when: conf is defined and conf.changed\n",
        "reload": "- reload: {unit: \"{{ proxy | default('haproxy') }}\"}\n",
        "daemon":
            "- daemon: {id: queue, command: php artisan queue:work --tries=3, user: shop, directory: /srv/shop, processes: 2}\n- daemon: {id: queue, state: restarted}\n- daemon: {id: \"{{ old | default('mailer') }}\", state: absent}\n",
        "deploy":
            "- deploy: {release: shop, version: \"{{ version | default('2.4.1') }}\"}\n- deploy: {release: shop, version: \"2.4.1\", services: [web]}\n",
        "pause": "- pause: 30s\n- pause: {prompt: \"Is the balancer ready?\"}\n",
    ]

    /// The page with its tables as the declarations have them.
    private static func written(_ page: String) -> String {
        var text = page
        let common = CommonKeys.ofTasks + CommonKeys.ofOutcomes
        for (start, end, body) in [
            ("<!-- keys of plays -->\n", "<!-- end -->", table(CommonKeys.ofPlays, saysTemplates: true)),
            ("<!-- keys of tasks -->\n", "<!-- end -->", table(common, saysTemplates: true)),
            ("<!-- kinds -->\n", "<!-- end kinds -->", kinds()),
        ] {
            guard let open = text.range(of: start), let close = text[open.upperBound...].range(of: end) else {
                continue
            }
            text.replaceSubrange(open.upperBound..<close.lowerBound, with: body)
        }
        return text
    }

    @Test func `the tables are those of the declarations`() throws {
        let page = try Self.text()
        let expected = Self.written(page)
        if ProcessInfo.processInfo.environment["BATON_UPDATE_SNAPSHOTS"] == "1" {
            try Data(expected.utf8).write(to: Self.page)
        } else {
            #expect(page == expected, "docs/playbooks.md differs; BATON_UPDATE_SNAPSHOTS=1 rewrites it")
        }
        for kind in TaskKind.all { #expect(expected.contains("### \(kind.name)\n") && Self.examples[kind.name] != nil) }
        #expect(expected.contains("at most 5,000 tasks and 1,000 plays"))
        #expect(Playbook.mostTasks == 5000 && Playbook.mostPlays == 1000)
    }

    /// The YAML between fences: playbooks, and lists of tasks.
    static func documents() throws -> [String] {
        var documents: [String] = []
        for part in try text().components(separatedBy: "```yaml\n").dropFirst() {
            let body = part.components(separatedBy: "```")[0]
            if body.contains("hosts:") {
                documents.append(body)
            } else {
                let lines = body.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
                documents.append("- hosts: all\n  tasks:\n" + lines + "\n")
            }
        }
        return documents
    }

    @Test func `examples are playbooks`() throws {
        let documents = try Self.documents()
        #expect(documents.count == 1 + TaskKind.all.count)
        for document in documents { #expect(problems(document) == "", "\(document)") }
    }

    @Test func `the example project comes to what it says`() throws {
        let folder = Self.root + "/examples/site"
        func file(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: folder + "/" + name)), as: UTF8.self)
        }
        var world = World()
        world.files["root/playbooks/templates/site.conf.j2"] = try file("templates/site.conf.j2")
        world.files["root/playbooks/files/welcome.txt"] = try file("files/welcome.txt")
        let resolved = try world.resolved(try file("site.yml"))
        let words = resolved.map { resolution in
            switch resolution {
            case .ready(let task): task.name
            case .waits(let name): "waits for \(name)"
            default: "?"
            }
        }
        #expect(words.count == 7 && words[1] == "Configuration for version 1.0" && words[5] == "waits for conf")
    }
}
