import HostSide
import Reactor
import Shell
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is sent to a host, exactly: a file of `Cases` is what stands behind the library. BATON_UPDATE_SNAPSHOTS=1 writes
/// them anew.
@Suite struct ProgramTextTests {
    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Cases"
    private static let sum = String(repeating: "ab", count: 32)

    private static func seen(_ path: String, _ fingerprint: String) -> HostSide.Expectation {
        HostSide.Expectation(path: path, fingerprint: fingerprint)
    }

    private static func content(_ text: String) -> FileChange.Content {
        FileChange.Content(bytes: Array(text.utf8), sha256: sum)
    }

    private static var files: [Step] {
        var secret = FileChange(
            expected: seen("/etc/shop//shop.conf", "file 644 0 33 12 sha256 \(sum)"),
            content: content("a = it's\nb = $HOME\n"),
            mode: 0o640,
            ownership: Ownership(group: "shop")
        )
        secret.backup = true
        secret.validate = "shopd -t -c %s"
        let access = FileChange(expected: seen("/etc/motd", "file 600 0 0 3 at 1:2 now"), content: nil, mode: 0o644)
        let large = FileChange(expected: seen("/srv/data", "missing"), content: content("\0"), mode: 0o4755)
        return [
            Step(1, "Configuration of the shop\nrm -rf /\u{1b}", .file(secret)),
            Step(2, "Message of the day", .file(access), ignoresFailure: true), Step(3, "Data", .file(large)),
        ]
    }

    private static var others: [Step] {
        let owner = Ownership(user: "shop", group: "www-data")
        let directory = DirectoryChange(expected: seen("/srv/shop/", "missing"), mode: 0o2750, ownership: owner)
        let link = LinkChange(
            expected: seen("/srv/current", "link 0 0 old one"),
            target: "releases/2",
            ownership: owner
        )
        return [
            Step(1, "Home of the shop", .directory(directory)), Step(2, "Current", .link(link)),
            Step(3, "Old", .remove(Removal(expected: seen("/srv/old", "directory 755 0 0"), recursively: true))),
            Step(4, "Older", .remove(Removal(expected: seen("/srv/older", "file 644 0 0 1 at 1:2 now"), backup: true))),
            Step(5, "As they were", .verify([seen("/a", "file 644 0 0 1 sha256 \(sum)"), seen("/b c", "missing")])),
        ]
    }

    private static var commands: [Step] {
        var migrate = CommandRun(
            ShellCommand(
                .line("bin/migrate --all | tee \"$LOG\""),
                directory: "/srv/shop/current",
                environment: [.init(name: "LOG", value: "it's a log")],
                input: Array("yes\n".utf8)
            )
        )
        migrate.creates = "/srv/shop/.migrated"
        migrate.removes = "/srv/shop/pending"
        migrate.unless = ShellCommand(.words(["test", "-e", "/srv/done here"]))
        migrate.onlyIf = ShellCommand(.line("pgrep shop"), directory: "/")
        var restart = CommandRun(ShellCommand(.words(["systemctl", "restart", "shop"])))
        restart.age = ProcessAge(.unit("shop.service"), ofChildren: true, files: ["/etc/shop.conf", "/srv/current"])
        return [
            Step(11, "Migrate", .command(migrate), retries: 3, delay: .milliseconds(1250)),
            Step(12, "Restart", .command(restart)),
            Step(13, "Bytes", .command(CommandRun(ShellCommand(.line("-x"), input: [0, 37, 255])))),
        ]
    }

    private static var looks: [Look] {
        [
            .path("/etc/motd", hashing: .ifSize(12)), .path("/srv/it's", hashing: .never),
            .path("/etc/motd", hashing: .ifSize(12)), .path("/etc/shop", hashing: .always),
            .content("/etc/motd", limit: 1000),
            .command(ShellCommand(.words(["test", "-e", "/x y"]), directory: "/srv")),
            .age(ProcessAge(.pidFile("/run/shop.pid"), ofChildren: false, files: ["/etc/shop"])),
        ]
    }

    private static let programs: [(name: String, text: String)] = [
        ("files", OperationsProgram(files, key: key, staged: [3: "/srv/.data.baton-0123456789abcdef"]).program.text),
        ("others", OperationsProgram(others, key: key).program.text),
        ("commands", OperationsProgram(commands, key: key).program.text),
        ("looks", Looking.program(looks).text),
    ]

    @Test(arguments: programs.map(\.name))
    func `a program is its library and this`(name: String) throws {
        let text = Self.programs.first { $0.name == name }?.text ?? ""
        let path = "\(Self.folder)/\(name).txt"
        // Functions of the library end with a bracket at the start of a line; what calls them comes behind the last.
        let start = text.firstRange(of: name == "looks" ? "\nbaton_look_paths 0" : "\nb_key=")?.lowerBound
        let calls = String(text[try #require(start)...].dropFirst())
        if getenv("BATON_UPDATE_SNAPSHOTS") != nil { try Files.write(Array(calls.utf8), to: path) }
        #expect(String(decoding: try Files.read(path), as: UTF8.self) == calls)
    }

    @Test func `only what is needed of the library is sent`() {
        func has(_ steps: [Step], _ function: String) -> Bool {
            OperationsProgram(steps, key: key).program.text.contains("\n\(function)() {")
        }
        #expect(has(Self.files, "baton_file") && !has(Self.files, "baton_run") && !has(Self.files, "baton_age"))
        #expect(
            has(Self.commands, "baton_age") && !has(Self.commands, "baton_file") && !has(Self.commands, "baton_see")
        )
        let looks = Looking.program(Self.looks).text
        #expect(looks == Looking.program(Self.looks).text)
        #expect(!Looking.program([.content("/a", limit: 1)]).text.contains("baton_file()"))
    }

    @Test(arguments: programs.map(\.name))
    func `every shell reads it`(name: String) async throws {
        let text = Self.programs.first { $0.name == name }?.text ?? ""
        for shell in HostShell.present where shell != .applets {
            let result = try await runChild(shell.words + ["-n"], input: Array(text.utf8))
            #expect(result.succeeded && result.errors == "")
        }
    }
}
