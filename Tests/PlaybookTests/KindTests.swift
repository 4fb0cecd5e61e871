import Document
import Events
import HostSide
import Playbook
import Testing

/// What tasks look at, and what they make of what is seen.
struct KindTests {
    private let world = World(files: [
        "root/files/a": "old\n", "root/templates/b.j2": "host {{ inventory_hostname }}\n",
    ])
    private static let sumOfX = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"

    private func decide(_ task: String, _ path: String, _ state: PathState) throws -> Decision {
        let work = try world.work(task)
        let look = try #require(work.looks.first)
        guard case .path(path, _) = look else {
            Issue.record("looks at \(look)")
            return .none()
        }
        return work.decide([look: .path(state)])
    }

    private func words(_ task: String, _ path: String, _ state: PathState) throws -> String {
        try decide(task, path, state).shown
    }

    @Test(arguments: [
        "directory: {path: /a, mode: 0755, owner: x}", "directory: {path: /a, mode: \"u=rwx,g-w\"}",
        "directory: {path: /a/b, state: absent, recursive: true}",
        "file: {path: /a, content: x, mode: g+w, backup: true}",
        "file: {path: /a, mode: 0640}", "template: {src: b, dest: /b, mode: \"0640\", validate: \"true %s\"}",
        "link: {path: /a, target: b, owner: x}",
        "run: {cmd: a, creates: /b, unless: c, onlyif: d, chdir: /e, stdin: f}",
        "run: {cmd: a, when_older: {than: [/b], pidfile: /c}}",
        "check: {http: \"http://localhost/\", status: [200, 300-310], headers: {a: b}, answer_headers: {c: d}, version: x, connect: /s}",
        "check: {tcp: 5432}", "check: {command: x}", "pause: 30s",
    ])
    func `what a plan's sum is made of has no address in it`(task: String) throws {
        let work = try world.work(task)
        let texts =
            work.written + work.writtenOpenly + [work.conditional.map { "\($0)" } ?? ""] + work.looks.map { "\($0)" }
        for text in texts { #expect(!text.contains("unknown context"), "\(text)") }
        if case .carryOut(let operation) = work.decide([:]) { #expect(!"\(operation)".contains("unknown context")) }
    }

    @Test func `contents that not everybody may read are not shown`() throws {
        func difference(_ task: String, _ state: PathState) throws -> Change.Difference? {
            guard case .change(let change) = try decide(task, "/etc/a", state) else { return nil }
            return change.difference
        }
        let task = "file: {path: /etc/a, content: x, mode: \"0600\"}"
        let new = try difference(task, PathState(.missing))
        #expect(new?.new == nil)
        #expect(new?.hidden == "(content of a file of mode 0600 is not shown; 1 bytes)\n")
        let old = PathState(.file, mode: 0o640, size: 7, sha256: "00", fingerprint: "f")
        for task in ["file: {path: /etc/a, content: x}", "file: {path: /etc/a, content: x, mode: \"0644\"}"] {
            let changed = try difference(task, old)
            #expect(changed?.old == nil)
            #expect(changed?.hidden == "(content of a file of mode 0640 is not shown; 7 -> 1 bytes)\n")
        }
        #expect(try difference("file: {path: /etc/a, state: absent}", old)?.hidden != nil)
        #expect(try difference("file: {path: /etc/a, content: x}", PathState(.missing))?.hidden == nil)
    }

    @Test func `a condition that cannot run is no answer`() throws {
        let work = try world.work("run: {cmd: a, onlyif: b}")
        let look = work.looks[0]
        func shown(_ status: Int32, _ said: String) -> String {
            work.decide([look: .command(status: status, stderr: Array(said.utf8))]).shown
        }
        #expect(shown(127, "sh: b: not found") == "the command of \"onlyif\" cannot run: sh: b: not found")
        #expect(shown(127, "") == "nothing: \"onlyif\" ended with 127")
        #expect(shown(2, "sh: 1: eval: Syntax error: x").contains("cannot run"))
        #expect(shown(2, "grep: no such file").hasPrefix("nothing"))
    }

    @Test func `a file`() throws {
        let task = "file: {path: /etc/a, content: x, mode: 0640, owner: shop, group: 0}"
        let looks = try world.work(task).looks
        #expect(looks == [.path("/etc/a", hashing: .ifSize(1)), .name(.user, "shop")])
        func file(_ mode: UInt16 = 0o640, _ sum: String? = KindTests.sumOfX, size: Int = 1, user: String = "shop")
            -> PathState
        {
            PathState(
                .file,
                mode: mode,
                user: 7,
                group: 0,
                userName: user,
                groupName: "root",
                size: size,
                sha256: sum,
                fingerprint: "f"
            )
        }
        #expect(try words(task, "/etc/a", PathState(.missing)) == "created")
        #expect(try words(task, "/etc/a", file()) == "nothing")
        #expect(try words(task, "/etc/a", file(0o644)) == "mode 0644 -> 0640")
        #expect(try words(task, "/etc/a", file(0o644, nil, size: 2)) == "content, mode 0644 -> 0640")
        #expect(try words(task, "/etc/a", file(0o640, "00")) == "content")
        #expect(try words(task, "/etc/a", file(user: "root")) == "owner root -> shop")
        #expect(try words(task, "/etc/a", file(user: "")) == "owner 7 -> shop")
        #expect(try words(task, "/etc/a", PathState(.directory)) == "/etc/a is a directory, not a file")
        #expect(try words(task, "/etc/a", PathState(.other("socket"))) == "/etc/a is a socket, not a file")
        let link = try words(task, "/etc/a", PathState(.link(target: "/b")))
        #expect(
            link
                == "/etc/a is a symbolic link to /b, not a file; name the path that the link leads to, or remove the link first"
        )
        guard case .change(let change) = try decide(task, "/etc/a", file(0o600, nil, size: 9)),
            case .file(let operation) = change.operation
        else { throw Unexpected() }
        #expect(operation.expected == Expectation(path: "/etc/a", fingerprint: "f"))
        #expect(operation.content == FileChange.Content(bytes: [0x78], sha256: Self.sumOfX))
        #expect(operation.mode == 0o640 && operation.ownership == Ownership())
        #expect(change.difference?.old == nil && change.difference?.new == nil)
        let open = "file: {path: /etc/a, content: x}"
        guard case .change(let shown) = try decide(open, "/etc/a", file(0o644, nil, size: 9)) else {
            throw Unexpected()
        }
        #expect(shown.difference?.old == .content("/etc/a", limit: 256 << 10) && shown.difference?.new == [0x78])
        guard case .change(let moded) = try decide(task, "/etc/a", file(0o600)), case .file(let only) = moded.operation
        else {
            throw Unexpected()
        }
        #expect(only.content == nil && moded.difference == nil)
    }

    @Test func `files with other keys`() throws {
        let plain = PathState(.file, mode: 0o600, size: 4, sha256: "00")
        #expect(try words("file: {path: /a, src: a}", "/a", plain) == "content")
        #expect(try words("file: {path: /a, mode: 0600}", "/a", plain) == "nothing")
        #expect(try words("file: {path: /a, mode: \"u+x,g=r\"}", "/a", plain) == "mode 0600 -> 0740")
        #expect(try words("file: /a", "/a", PathState(.missing)).hasPrefix("there is no file /a; \"content\""))
        #expect(try words("file: {path: /a, state: absent}", "/a", plain) == "removed")
        #expect(try words("file: {path: /a, state: absent}", "/a", PathState(.missing)) == "nothing")
        #expect(try words("file: {path: /a, state: absent}", "/a", PathState(.link(target: "x"))) == "removed")
        #expect(
            try words("file: {path: /a, state: absent}", "/a", PathState(.directory)).contains(
                "a directory, not a file"
            )
        )
        #expect(try words("template: {src: b, dest: /a}", "/a", plain) == "content")
        #expect(try words("template: {src: b, dest: /a}", "/a", PathState(.missing)) == "created")
        guard case .change(let new) = try decide("template: {src: b.j2, path: /a}", "/a", PathState(.missing)) else {
            throw Unexpected()
        }
        #expect(new.difference?.new == Array("host web1\n".utf8))
        guard
            case .change(let kept) = try decide(
                "file: {path: /a, content: \"\", backup: true, validate: \"test -f %s\"}",
                "/a",
                plain
            ),
            case .file(let change) = kept.operation
        else { throw Unexpected() }
        #expect(change.backup && change.validate == "test -f %s" && change.mode == 0o600 && change.content?.bytes == [])
    }

    @Test func `a secret content is not shown`() throws {
        let file = PathState(.file, mode: 0o600, size: 4, sha256: "00")
        for task in [
            "file: {path: /a, content: !secret env:TOKEN}",
            "file: {path: /a, content: \"k={{ t }}\"}\nvars: {t: !secret env:TOKEN}",
        ] {
            guard case .change(let change) = try decide(task, "/a", file) else { throw Unexpected() }
            #expect(change.words == ["secret content"] && change.difference == nil)
        }
        let ready = try world.resolved("- hosts: all\n  tasks:\n    - file: {path: /a, content: !secret env:TOKEN}\n")[
            0
        ]
        guard case .ready(let task) = ready else { throw Unexpected() }
        #expect(task.isTainted)
    }

    @Test func `a directory`() throws {
        let task = "directory: {path: /srv/a/, mode: 0750, owner: shop}"
        func directory(_ mode: UInt16, _ user: String = "shop") -> PathState {
            PathState(.directory, mode: mode, userName: user)
        }
        #expect(try words(task, "/srv/a", PathState(.missing)) == "created")
        #expect(try words(task, "/srv/a", directory(0o750)) == "nothing")
        #expect(try words(task, "/srv/a", directory(0o2750)) == "nothing")
        #expect(try words(task, "/srv/a", directory(0o755, "root")) == "mode 0755 -> 0750, owner root -> shop")
        #expect(try words(task, "/srv/a", PathState(.file)) == "/srv/a is a file, not a directory")
        #expect(
            try words(task, "/srv/a", PathState(.link(target: "b"))).hasPrefix("/srv/a is a symbolic link to b, not a")
        )
        #expect(try words("directory: /srv/a", "/srv/a", directory(0o700)) == "nothing")
        #expect(try words("directory: {path: /a, state: absent}", "/a", directory(0o700)) == "removed")
        #expect(
            try words("directory: {path: /a/b, state: absent, recursive: true}", "/a/b", directory(0o700))
                == "removed with its contents"
        )
        #expect(
            try words("directory: {path: /a, state: absent}", "/a", PathState(.file)).contains(
                "is a file, not a directory"
            )
        )
        #expect(
            world.problem("directory: {path: /etc, state: absent, recursive: true}").contains(
                "/etc is too much to be removed"
            )
        )
    }

    @Test func `a link`() throws {
        let task = "link: {path: /srv/current, target: releases/2}"
        #expect(try words(task, "/srv/current", PathState(.missing)) == "created")
        #expect(try words(task, "/srv/current", PathState(.link(target: "releases/2"))) == "nothing")
        #expect(
            try words(task, "/srv/current", PathState(.link(target: "releases/1"))) == "target releases/1 -> releases/2"
        )
        #expect(try words(task, "/srv/current", PathState(.file)).contains("\"force: true\" replaces it"))
        #expect(
            try words(task, "/srv/current", PathState(.directory)) == "/srv/current is a directory, not a symbolic link"
        )
        let forced = "link: {dest: /a, src: /b, force: true, owner: shop}"
        #expect(try words(forced, "/a", PathState(.file)) == "replaced a file")
        #expect(try words(forced, "/a", PathState(.directory)).contains("is a directory"))
        #expect(try words(forced, "/a", PathState(.link(target: "/b"), userName: "root")) == "owner root -> shop")
        guard case .change(let change) = try decide(forced, "/a", PathState(.link(target: "/c"), userName: "shop")),
            case .link(let link) = change.operation
        else { throw Unexpected() }
        #expect(link.ownership.user == "shop")
        #expect(try words("link: {path: /a, state: absent}", "/a", PathState(.link(target: "b"))) == "removed")
        #expect(try words("link: {path: /a, state: absent}", "/a", PathState(.missing)) == "nothing")
        #expect(
            try words("link: {path: /a, state: absent}", "/a", PathState(.file)).contains(
                "is a file, not a symbolic link"
            )
        )
    }

    @Test func `a command and its conditions`() throws {
        let work = try world.work(
            """
            run: {cmd: "make {{ x }}", creates: /a, removes: /b, unless: "test -e /c", onlyif: "true", chdir: /srv, stdin: in,
              when_older: {than: [/etc/a, /etc/b], unit: shop.service, children: true}}
            environment: {A: "{{ x }}", B: 2.10}
            vars: {x: "a b"}
            """
        )
        let settings = [ShellCommand.Setting(name: "A", value: "a b"), ShellCommand.Setting(name: "B", value: "2.10")]
        func command(_ line: String, _ input: String? = nil) -> ShellCommand {
            ShellCommand(.line(line), directory: "/srv", environment: settings, input: input.map { Array($0.utf8) })
        }
        let age = ProcessAge(.unit("shop.service"), ofChildren: true, files: ["/etc/a", "/etc/b"])
        let creates = Look.path("/a", hashing: .never)
        let removes = Look.path("/b", hashing: .never)
        let (unless, onlyIf) = (Look.command(command("test -e /c")), Look.command(command("true")))
        #expect(work.looks == [creates, removes, unless, onlyIf, .age(age)])
        var seen: Sightings = [
            creates: .path(PathState(.missing)), removes: .path(PathState(.file)),
            unless: .command(status: 1, stderr: []),
            onlyIf: .command(status: 0, stderr: []), .age(age): .age(.older(than: "/etc/b")),
        ]
        guard case .carryOut(.command(let run)) = work.decide(seen) else { throw Unexpected() }
        #expect(run.command == command("make 'a b'", "in"))
        #expect(run.creates == "/a" && run.removes == "/b" && run.unless == command("test -e /c") && run.age == age)
        func with(_ look: Look, _ sighting: Sighting?) -> String {
            var changed = seen
            changed[look] = sighting
            return work.decide(changed).shown
        }
        #expect(with(creates, .path(PathState(.link(target: "gone")))) == "nothing: /a exists")
        #expect(with(removes, .path(PathState(.missing))) == "nothing: /b does not exist")
        #expect(with(unless, .command(status: 0, stderr: [])) == "nothing: \"unless\" succeeded")
        #expect(with(onlyIf, .command(status: 3, stderr: [])) == "nothing: \"onlyif\" ended with 3")
        #expect(with(.age(age), .age(.younger)) == "nothing: the process is younger than its files")
        #expect(
            with(.age(age), .age(.unknown(for: "/etc/a"))).hasPrefix("nothing: the time of /etc/a is still to come")
        )
        #expect(with(.age(age), .age(.notRunning)) == "nothing: the process does not run")
        #expect(with(.age(age), .failed("no systemctl")) == "the process could not be looked at: no systemctl")
        #expect(with(creates, nil) == "/a could not be looked at: the host said nothing about it")
        seen = [:]
        #expect(
            try world.work("run: {argv: [ls, -l, 2.10, \"{{ inventory_hostname }}\"]}").decide(seen).words == [
                "ls", "-l", "2.10", "web1",
            ]
        )
    }

    @Test func `a check`() throws {
        func check(_ text: String) throws -> Check {
            guard case .carryOut(.check(let check)) = try world.work(text).decide([:]) else { throw Unexpected() }
            return check
        }
        #expect(try check("check: {tcp: 5432}") == Check(.tcp(host: "127.0.0.1", port: 5432), timeout: .seconds(10)))
        #expect(
            try check("check: {tcp: \"[::1]:22\"}\ntimeout: 500ms")
                == Check(.tcp(host: "::1", port: 22), timeout: .milliseconds(500))
        )
        #expect(try check("check: {unix: /run/a.sock}").target == .unix("/run/a.sock"))
        #expect(try check("check: {command: pgrep a}").target == .command(ShellCommand(.line("pgrep a"))))
        var expected = HTTPCheck(host: "shop.example.com", port: 8443, path: "/health?x=1")
        expected.isTLS = true
        expected.verifiesCertificate = false
        expected.statuses = [200...200, 300...399]
        expected.headers = [ShellCommand.Setting(name: "X-Key", value: "hunter2-secret")]
        expected.answerHeaders = [ShellCommand.Setting(name: "Server", value: "shop")]
        expected.body = "ok"
        expected.version = "2.10"
        expected.versionHeader = "X-Version"
        expected.method = "HEAD"
        expected.unixSocket = "/run/a.sock"
        let found = try check(
            """
            check: {http: "https://shop.example.com:8443/health?x=1", verify_certificate: false, status: [200, 300-399],
              headers: {X-Key: !secret env:TOKEN}, answer_headers: {Server: shop}, body: ok, version: 2.10,
              version_header: X-Version, method: HEAD, connect: /run/a.sock}
            """
        )
        #expect(found.target == .http(expected))
        #expect(
            try check("check: {http: \"http://[::1]\"}").target == .http(HTTPCheck(host: "::1", port: 80, path: "/"))
        )
    }

    @Test func `a pause`() throws {
        func pause(_ text: String) throws -> Pause {
            guard case .pause(let pause) = try world.work(text).decide([:]) else { throw Unexpected() }
            return pause
        }
        #expect(try pause("pause: 1m30s") == Pause(duration: .seconds(90), prompt: nil))
        #expect(try pause("pause: 0.5") == Pause(duration: .milliseconds(500), prompt: nil))
        #expect(
            try pause("pause: {prompt: \"on {{ inventory_hostname }}?\"}") == Pause(duration: nil, prompt: "on web1?")
        )
    }
}

struct Unexpected: Error {}

extension Decision {
    var shown: String {
        switch self {
        case .none(let note): note.map { "nothing: " + $0 } ?? "nothing"
        case .change(let change): change.words.joined(separator: ", ")
        case .unsummed(let path): "takes the sum of \(path)"
        case .deploy(_, let words): words.joined(separator: "; ")
        case .carryOut: "carried out"
        case .pause: "pause"
        case .impossible(let problem): problem.message + (problem.hint.map { "; " + $0 } ?? "")
        }
    }

    var words: [String]? {
        guard case .carryOut(.command(let run)) = self, case .words(let words) = run.command.body else { return nil }
        return words
    }
}
