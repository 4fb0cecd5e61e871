import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Hosts that have fewer tools, and how often tools are called.
@Suite struct FewToolsTests {
    @Test(arguments: HostShell.present, ["shasum", "openssl"])
    func `without stat, readlink and sha256sum the same is told`(shell: HostShell, summer: String) async throws {
        try await withHost(shell) { host in
            if shell == .applets { return }
            let few = try await host.only(["ls", "id", "mkdir", "mv", "chmod", "chown", "rm", "rmdir", "sync", summer])
            try host.write("file", "hello\n", mode: 0o4640)
            try Files.makeDirectory(host.full("folder"))
            try await host.command("chmod", "3751", "folder")
            try await host.command("ln", "-s", "--", "a -> b\nc", "-> link")
            try await host.command("mkfifo", "pipe")
            let names = ["file", "folder", "-> link", "pipe", "missing", "/dev/null"]
            let looks = names.map { Look.path(host.full($0), hashing: .always) }
            let less = try await few.look(looks)
            let more = try await host.look(looks)
            for look in looks {
                guard case .path(var few)? = less[look], case .path(var many)? = more[look] else {
                    Issue.record("\(look)")
                    continue
                }
                (many.userName, many.groupName) = ("", "")
                if case .other = many.kind { (many.fingerprint, few.fingerprint) = ("", "") }
                #expect(few == many)
            }
            let change = FileChange(
                expected: try await few.now("file"),
                content: try await content("new\n"),
                mode: 0o640
            )
            let ended = try await few.apply(.file(change))
            #expect(ended?.end == .done, "\(ended?.errors ?? "")")
            #expect(try host.read("file") == "new\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `without a tool for sums that is said`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "hello\n")
            let few = try await host.only(["stat", "mkdir", "rm", "rmdir", "find"])
            let looks = [Look.path(host.full("file"), hashing: .always), .path(host.full("none"), hashing: .always)]
            let seen = try await few.look(looks)
            #expect(seen[looks[0]] == .failed("there is no sha256sum, shasum or openssl to compare its content with"))
            let change = FileChange(
                expected: HostSide.Expectation(path: host.full("none"), fingerprint: "missing"),
                content: try await content("x"),
                mode: 0o644
            )
            let ended = try await few.apply(.file(change))
            #expect(ended?.end == .failed(status: 1))
            #expect(ended?.errors == "no sha256sum, shasum or openssl here to check \(host.full("none")) with\n")
            #expect(host.names() == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `without base64 the content of a file comes all the same`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let few = try await host.only(["head", "od", "stat", "id"])
            try Files.write(Array(0...255), to: host.full("file"))
            let look = Look.content(host.full("file"), limit: 255)
            #expect(try await few.look([look])[look] == .content(Array(0...254), isWhole: false))
        }
    }

    @Test(arguments: HostShell.present)
    func `all paths together are one stat and one sum`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            for number in 0..<10 { try host.write("file \(number)", "\(number)") }
            let counted = try await host.only([], wrapped: ["stat", "sha256sum", "readlink", "ls", "id"])
            let looks =
                (0..<10).map { Look.path(host.full("file \($0)"), hashing: .ifSize(1)) } + [
                    .path(host.full("none"), hashing: .always), .path(host.path, hashing: .never),
                ]
            _ = try await counted.look(looks)
            let calls = String(decoding: try Files.read("\(host.path)-calls"), as: UTF8.self)
            #expect(calls == "stat\nsha256sum\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `where SELinux is on a file keeps its label, or gets the policy's`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let bin = "\(host.path)-tools"
            try Files.makeDirectory(bin)
            let log = "\(host.path)-log"
            for (tool, answer) in [("chcon", ""), ("matchpathcon", "system_u:object_r:etc_t:s0")] {
                let script = "#!/bin/sh\necho \(tool) \"$@\" >>\(log)\nprintf %s \(answer)\n"
                try Files.write(Array(script.utf8), to: "\(bin)/\(tool)", mode: 0o755)
            }
            var labelled = host
            labelled.environment["PATH"] = "\(bin):\(host.environment["PATH"] ?? "")"
            labelled.environment["b_selinux"] = "/"
            for _ in 0..<2 {
                let change = FileChange(
                    expected: try await host.now("file"),
                    content: try await content("x"),
                    mode: 0o644
                )
                #expect(try await labelled.apply(.file(change))?.end == .done)
            }
            let lines = String(decoding: try Files.read(log), as: UTF8.self).split(separator: "\n")
            #expect(
                lines == [
                    "matchpathcon -n -- \(host.full("file"))", "chcon -h -- system_u:object_r:etc_t:s0 ./file",
                    "chcon -h --reference=../file -- ./file",
                ]
            )
        }
    }
}
