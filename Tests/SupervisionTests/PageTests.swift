import Foundation
import Supervision
import Testing

/// docs/services.md and the code say the same. BATON_UPDATE_SNAPSHOTS=1 writes what is generated.
struct PageTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let page = URL(filePath: root + "/docs/services.md")

    private static func takes(_ key: ServiceKey) -> String {
        switch key.type {
        case .text, .title: "a text"
        case .path: "a path"
        case .paths, .runtimeDirectories: "a path or a list of them"
        case .directory: "a path"
        case .account: "a name"
        case .flag: "true or false"
        case .count(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration: "a length of time"
        case .size: "a size"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .signal: "a signal"
        case .exits: "numbers and signals"
        case .command: "a command or a list of words"
        case .line: "a line for `sh`"
        case .settings: "names and texts; may be secrets"
        case .address: "`host:port` or `unix:/path`"
        case .url: "an address"
        case .name: "a name"
        case .names: "a list of texts"
        case .files: "a list"
        case .limit: "a number or `unlimited`"
        case .group: "keys, see below"
        case .choiceOrGroup(let words, _): words.map { "`\($0)`" }.joined(separator: ", ") + ", or keys, see below"
        }
    }

    private static func table(_ keys: [ServiceKey]) -> String {
        var text = "| key | takes | usual | |\n| --- | --- | --- | --- |\n"
        for key in keys {
            let usual = key.isRequired ? "needed" : key.usual
            let takes = takes(key) + (key.isPerInstance ? "; *each*" : "")
            text += "| `\(key.name)` | \(takes) | \(usual) | \(key.help) |\n"
        }
        for key in keys {
            let name = key.name == "files" ? "each of `files`" : "`\(key.name)`"
            let inner: [ServiceKey]
            switch key.type {
            case .group(let keys), .choiceOrGroup(_, let keys): inner = keys
            case .files: inner = ServiceKeys.ofFiles
            default: continue
            }
            text += "\n\(name):\n\n" + table(inner)
        }
        return text
    }

    private static func supervisors() -> String {
        let all = Supervisor.allCases
        var text = "| key | " + all.map(\.title).joined(separator: " | ") + " |\n"
        text += "| --- |" + String(repeating: " --- |", count: all.count) + "\n"
        for row in ServiceKeys.rows {
            let cells = all.map { $0.column[row] }
            if cells.allSatisfy({ $0?.way == .baton && $0?.note == "" }) { continue }
            let words = cells.map { support in
                guard let support else { return "" }
                let way = support.way == .baton ? "Baton" : support.way.rawValue
                return support.note == "" ? "*\(way)*" : "*\(way)*: \(support.note)"
            }
            text += "| `\(row)` | " + words.joined(separator: " | ") + " |\n"
        }
        return text
    }

    private static func renderings() throws -> String {
        var text = ""
        for supervisor in Supervisor.allCases {
            // Without a supervisor there is less that a definition may say.
            let rendering = try Project.named(supervisor == .alone ? "alone" : "web").rendering(supervisor)
            text += "### \(supervisor == .alone ? "supervisor: none" : rendering.supervisor.text)\n"
            for file in rendering.files {
                if file.isKept {
                    text += "\n`\(file.path)` is made empty, for \(file.owner.user) to write.\n"
                    continue
                }
                if file.isBirth {
                    let who = owner(file.owner)
                    let line = "`\(file.path)`, 0600 \(who), holds the sum of what the process is born with."
                    text += "\n\(line)\n"
                    continue
                }
                let content =
                    file.isSecret
                    ? file.content.split(separator: "\n").map { line in
                        line.hasPrefix("#") ? String(line) : line.prefix { $0 != "=" } + "=\"...\""
                    }.joined(separator: "\n") + "\n" : file.content
                let digits = String(file.mode, radix: 8)
                text += "\n`\(file.path)`, 0\(digits) \(owner(file.owner)):\n\n```\n\(content)```\n"
            }
            for link in rendering.links { text += "\n`\(link.path)` is a link to `\(link.target)`.\n" }
            text += "\n"
        }
        return text
    }

    private static func owner(_ owner: Rendering.Owner) -> String {
        owner == .installer ? "whoever deploys" : owner.user
    }

    private static func definition() throws -> String {
        let lines = try Project.named("web").text.split(separator: "\n", omittingEmptySubsequences: false)
        return "```yaml\n" + lines.filter { !$0.hasPrefix("#") }.joined(separator: "\n") + "```\n"
    }

    @Test func `the page is that of the code`() throws {
        let page = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self)
        var expected = page
        for (name, body) in [
            ("definition", try Self.definition()), ("renderings", try Self.renderings()),
            ("supervisors", Self.supervisors()), ("keys of services", Self.table(ServiceKeys.all)),
            ("keys of releases", Self.table(ServiceKeys.ofReleases)),
        ] {
            let open = try #require(expected.range(of: "<!-- \(name) -->\n"), "\(name)")
            let close = try #require(expected[open.upperBound...].range(of: "<!-- end \(name) -->"), "\(name)")
            expected.replaceSubrange(open.upperBound..<close.lowerBound, with: body)
        }
        if ProcessInfo.processInfo.environment["BATON_UPDATE_SNAPSHOTS"] == "1" {
            try Data(expected.utf8).write(to: Self.page)
        } else {
            #expect(page == expected, "docs/services.md differs; BATON_UPDATE_SNAPSHOTS=1 rewrites it")
        }
        for supervisor in Supervisor.supervising {
            let oldest = supervisor.oldestVersion
            let text = supervisor.title + " \(oldest.major)" + (oldest.minor > 0 ? ".\(oldest.minor)" : "")
            #expect(page.contains(text), "\(text)")
        }
    }
}
