import ClientConfig
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The table of directives, against ssh and against the documentation.
struct DirectiveTests {
    /// Those that came after OpenSSH 9.2, are of another system, or go by another name there.
    private static let newer: Set<String> = [
        "channeltimeout", "obscurekeystroketiming", "refuseconnection", "tag", "usekeychain", "versionaddendum",
        "warnweakcrypto",
    ]

    private var names: [String] { Directive.all.flatMap { [$0.name] + $0.aliases } }

    @Test func `every name is there once, with a reason`() {
        #expect(Set(names.map { $0.lowercased() }).count == names.count)
        #expect(Directive.all.allSatisfy { !$0.reason.isEmpty && !$0.reason.contains("|") })
    }

    @Test(.enabled(if: RealSSH.isThere, "there is no ssh"))
    func `ssh knows them all, and all of ssh's are here`() async throws {
        try await withDirectory { directory in
            // PermitRemoteOpen ends the reading at once.
            let lines = names.filter { $0 != "PermitRemoteOpen" }.map { "  \($0) x\n" }.joined()
            try Files.write(Array("Host nobody\n\(lines)".utf8), to: "\(directory)/config")
            let said = try await runChild(["ssh", "-G", "-F", "\(directory)/config", "h"]).errors
            let marker = "Bad configuration option: "
            let unknown = said.split(whereSeparator: \.isNewline).compactMap { line in
                line.firstRange(of: marker).map { String(line[$0.upperBound...].prefix { !$0.isWhitespace }) }
            }
            #expect(Set(unknown).isSubset(of: DirectiveTests.newer))
            try Files.write([], to: "\(directory)/config")
            let answer = try await runChild(["ssh", "-G", "-F", "\(directory)/config", "h"])
            let own = Set(names.map { $0.lowercased() })
            let printed = answer.output.split(separator: "\n").map { $0.prefix { $0 != " " }.lowercased() }
            #expect(printed.filter { !own.contains($0) } == [])
            #expect(printed.count > 50)
        }
    }

    private static let titles: [Directive.Handling: String] = [
        .honoured: "Honoured", .openSSH: "Only OpenSSH's own client can do it", .refused: "Refused where it applies",
        .ignored: "Ignored",
    ]

    private var table: String {
        var text = ""
        for handling in [Directive.Handling.honoured, .openSSH, .refused] {
            text += "\n| \(DirectiveTests.titles[handling]!) | |\n| --- | --- |\n"
            for one in Directive.all where one.handling == handling {
                let aliases =
                    one.aliases.isEmpty ? "" : " (" + one.aliases.map { "`\($0)`" }.joined(separator: ", ") + ")"
                text += "| `\(one.name)`\(aliases) | \(one.reason) |\n"
            }
        }
        text += "\n| \(DirectiveTests.titles[.ignored]!) | because |\n| --- | --- |\n"
        var reasons: [String] = []
        for one in Directive.all where one.handling == .ignored && !reasons.contains(one.reason) {
            reasons.append(one.reason)
        }
        for reason in reasons {
            let names = Directive.all.filter { $0.handling == .ignored && $0.reason == reason }.map { "`\($0.name)`" }
            text += "| \(names.joined(separator: " ")) | \(reason) |\n"
        }
        return text + "\n"
    }

    /// BATON_UPDATE_SNAPSHOTS=1 writes it anew.
    @Test func `the documentation shows this table`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let path = "\(root)/docs/ssh.md"
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        let start = try #require(text.firstRange(of: "<!-- directives -->\n"))
        let end = try #require(text.firstRange(of: "<!-- end of directives -->"))
        if getenv("BATON_UPDATE_SNAPSHOTS") != nil {
            let new = text[..<start.upperBound] + table + text[end.lowerBound...]
            try Files.write(Array(String(new).utf8), to: path)
        } else {
            #expect(text[start.upperBound..<end.lowerBound] == table)
        }
    }
}
