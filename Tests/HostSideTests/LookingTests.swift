import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Looks at real paths, in the shells that hosts have.
@Suite struct LookingTests {
    static let names = [
        "with space", "it's", "a\"b", "-n", "--help", "$HOME", "*", "new\nline", "é", "back\\slash", "#x", "~", "\r",
        "tab\there", "\u{1}", "a\n\(String(repeating: "a", count: 64))  b", "%s", "-> x",
    ]

    @Test(arguments: HostShell.present)
    func `every kind of path is told`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "hello\n", mode: 0o640)
            try host.write("setuid", "", mode: 0o4755)
            try Files.makeDirectory(host.full("folder"))
            try await host.command("ln", "-s", "folder/it's here", "link")
            try await host.command("ln", "-s", "two\nlines\n", "odd")
            try await host.command("mkfifo", "pipe")
            let names = ["file", "setuid", "folder", "link", "odd", "pipe", "missing", "missing/too", "file/below"]
            let looks = names.map { Look.path(host.full($0), hashing: .always) }
            let seen = try await host.look(looks)
            let states = looks.map { look -> PathState? in
                if case .path(let state)? = seen[look] { return state } else { return nil }
            }
            let kinds: [PathState.Kind] = [
                .file, .file, .directory, .link(target: "folder/it's here"), .link(target: "two\nlines\n"),
                .other("pipe"), .missing, .missing, .missing,
            ]
            #expect(states.map { $0?.kind } == kinds)
            #expect(states[0]?.mode == 0o640 && states[1]?.mode == 0o4755)
            #expect(states[0]?.size == 6)
            #expect(states[0]?.sha256 == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
            #expect(states[0]?.userName == "root" || states[0]?.user != 0)
            #expect(states[0]?.fingerprint.hasPrefix("file 640 ") == true)
            #expect(states[6]?.fingerprint == "missing")
            #expect(states[2]?.sha256 == nil)
        }
    }

    @Test(arguments: HostShell.present)
    func `names that a careless program would trip over`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            for name in Self.names {
                try host.write(name, name)
                try await host.command("ln", "-s", "--", name, "./link to \(name)")
            }
            let looks = Self.names.flatMap {
                [Look.path(host.full($0), hashing: .always), .path(host.full("link to \($0)"), hashing: .always)]
            }
            let seen = try await host.look(looks)
            for (index, name) in Self.names.enumerated() {
                guard case .path(let file)? = seen[looks[2 * index]], case .path(let link)? = seen[looks[2 * index + 1]]
                else {
                    Issue.record("\(name.debugDescription): \(String(describing: seen[looks[2 * index]]))")
                    continue
                }
                let sum = try await content(name).sha256
                #expect(file.sha256 == sum, "\(name.debugDescription)")
                #expect(file.size == name.utf8.count)
                #expect(link.kind == .link(target: name), "\(name.debugDescription)")
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `paths are the same however they are spelled, and relative ones are taken as they are`(shell: HostShell)
        async throws
    {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("folder"))
            try await host.command("ln", "-s", "folder", "link")
            try host.write("-f", "")
            let looks: [Look] = [
                .path("\(host.path)//link///", hashing: .never), .path("\(host.path)/./link/.", hashing: .always),
                .path("-f", hashing: .never), .path("/", hashing: .never), .path("", hashing: .never),
            ]
            let seen = try await host.look(looks)
            let kinds = looks.map { look -> PathState.Kind? in
                if case .path(let state)? = seen[look] { return state.kind } else { return nil }
            }
            #expect(kinds == [.link(target: "folder"), .link(target: "folder"), .file, .directory, .directory])
        }
    }

    @Test(arguments: HostShell.present)
    func `what is missing says whether it could be made`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("it's *"))
            try host.write("file", "")
            try await host.command("ln", "-s", "it's *", "link")
            try await host.command("ln", "-s", "nowhere", "dangling")
            let places: [(String, PathState.Place)] = [
                ("new", .there), ("it's */new", .there), ("link/new", .there), ("no/new", .missing),
                ("link/no/new", .missing),
                ("file/new", .blocked), ("file/no/new", .blocked), ("dangling/new", .blocked), ("no/../new", .missing),
            ]
            for (name, place) in places {
                let state = try await host.state(name)
                #expect(state?.kind == .missing && state?.place == place, "\(name): \(String(describing: state))")
                #expect(state?.fingerprint == "missing")
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `names of users and groups that are there, and others`(shell: HostShell) async throws {
        let looks: [Look] = [
            .name(.user, "root"), .path("/", hashing: .never), .name(.user, "no*body"), .name(.group, "it's none"),
            .name(.group, "root"), .name(.user, "$(id)"),
        ]
        func known(_ host: HostFolder) async throws -> [Bool?] {
            let seen = try await host.look(looks)
            return looks.compactMap { look -> Bool?? in
                if case .name(let isKnown)? = seen[look] { .some(isKnown) } else { nil }
            }
        }
        try await withHost(shell) { host in
            // busybox alone has no getent.
            if Loop.executable("getent", path: host.environment["PATH"] ?? "") != nil {
                #expect(try await known(host) == [true, false, false, true, false])
            }
            let bare = try await host.only(["id", "stat", "sha256sum"])
            #expect(try await known(bare) == [true, false, nil, nil, false])
            #expect(try await known(host.only(["stat", "sha256sum"])) == [nil, nil, nil, nil, nil])
        }
    }

    @Test(arguments: HostShell.present)
    func `a sum is taken of files that may be the wanted ones`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let large = String(repeating: "x", count: 1 << 20) + "y"
            try host.write("small", "small")
            try host.write("large", large)
            let looks: [Look] = [
                .path(host.full("small"), hashing: .ifSize(7)), .path(host.full("small"), hashing: .never),
                .path(host.full("large"), hashing: .ifSize(7)),
            ]
            let seen = try await host.look(looks)
            let sums = looks.map { look -> Bool? in
                if case .path(let state)? = seen[look] { return state.sha256 != nil } else { return nil }
            }
            #expect(sums == [true, true, false])
            let equal = try await host.state("large", .ifSize(large.utf8.count))
            #expect(equal?.sha256 != nil)
            #expect(equal?.fingerprint.contains(" at ") == true, "it is not read again right before a change")
        }
    }

    @Test(arguments: HostShell.present)
    func `a thousand paths`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            for number in 0..<1000 where number % 7 != 0 { try host.write("file \(number)", "\(number % 10)") }
            let looks = (0..<1000).map { Look.path(host.full("file \($0)"), hashing: .ifSize(1)) }
            let seen = try await host.look(looks)
            var missing = 0
            for (number, look) in looks.enumerated() {
                guard case .path(let state)? = seen[look] else { continue }
                if state.kind == .missing { missing += 1 }
                #expect((state.kind == .missing) == (number % 7 == 0))
            }
            #expect(missing == 143)
        }
    }

    @Test(arguments: HostShell.present)
    func `the beginning of a file comes byte for byte`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0) }
            try Files.write(bytes, to: host.full("binary"))
            try host.write("empty", "")
            let looks: [Look] = [
                .content(host.full("binary"), limit: 3000), .content(host.full("binary"), limit: 2999),
                .content(host.full("empty"), limit: 10), .content(host.full("missing"), limit: 10),
                .content(host.path, limit: 10),
            ]
            let seen = try await host.look(looks)
            #expect(seen[looks[0]] == .content(bytes, isWhole: true))
            #expect(seen[looks[1]] == .content(Array(bytes.prefix(2999)), isWhole: false))
            #expect(seen[looks[2]] == .content([], isWhole: true))
            #expect(seen[looks[3]] == .failed("it is not there, or not a file"))
            #expect(seen[looks[4]] == .failed("it is not there, or not a file"))
        }
    }

    @Test(arguments: HostShell.present)
    func `a command is asked with its directory and environment, and cannot answer in another's place`(
        shell: HostShell
    ) async throws {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("in here"))
            let forged = #"printf 'age 1 younger \0command 0 0 \0'; printf 'path 0 x\0\n7' >&2; exit 9"#
            let setting = ShellCommand.Setting(name: "NAME", value: "it's\n$x")
            let looks: [Look] = [
                .command(ShellCommand(.line(forged))),
                .command(
                    ShellCommand(
                        .line(#"[ "$PWD" = "$1" ] || echo "$PWD $NAME" >&2; read -r x || exit 4"#),
                        directory: host.full("in here"),
                        environment: [setting]
                    )
                ),
                .command(ShellCommand(.words(["test", "a b", "=", "a b"]))),
                .command(ShellCommand(.line("yes | head -c 100000 >&2; echo last >&2; exit 300"))),
                .command(ShellCommand(.line("x"), directory: "/no/such/place")),
                .command(ShellCommand(.line("if then"))),
                .command(ShellCommand(.line("echo ${b_line-clean} ${b_key-clean} >&2"))),
                .command(ShellCommand(.line("exit 0"))),
            ]
            let seen = try await host.look(looks)
            func said(_ index: Int) -> (Int32, String)? {
                guard case .command(let status, let stderr)? = seen[looks[index]] else { return nil }
                return (status, String(decoding: stderr, as: UTF8.self))
            }
            #expect(said(0)?.0 == 9)
            #expect(said(1)?.0 == 4)
            #expect(said(1)?.1 == "\(host.full("in here")) it's\n$x\n")
            #expect(said(2)?.0 == 0)
            #expect(said(3)?.0 == 44)
            #expect(said(3)?.1.hasSuffix("y\nlast\n") == true && (said(3)?.1.utf8.count ?? 0) <= 2000)
            #expect((said(4)?.0 ?? 0) > 0)
            #expect((said(5)?.0 ?? 0) > 0)
            #expect(said(7)?.0 == 0)
        }
    }
}
