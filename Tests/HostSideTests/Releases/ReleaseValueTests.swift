import Shell
import Testing

@testable import HostSide

/// Rules of releases that need no host.
@Suite struct ReleaseValueTests {
    private static let sum = "0123456789ab" + String(repeating: "c", count: 52)

    @Test func `a release is called by its version and its artifact`() throws {
        let id = try ReleaseID(version: "2.4.1-rc.1+x", sha256: Self.sum)
        #expect(id.text == "2.4.1-rc.1+x-0123456789ab" && id.version == "2.4.1-rc.1+x" && id.digest == "0123456789ab")
        #expect(ReleaseID(id.text) == id && !id.isFound)
        #expect(ReleaseID("found")?.isFound == true && ReleaseID("found-2")?.isFound == true)
        #expect(ReleaseID("found-012345678901")?.isFound == false)
        let longest = String(repeating: "9", count: 100)
        #expect(ReleaseID("\(longest)-0123456789ab")?.version == longest)
    }

    @Test(
        arguments: [
            "", "-", ".hidden-0123456789ab", "-x-0123456789ab", "1.0", "1.0-0123456789a", "1.0-0123456789AB",
            "a/b-0123456789ab",
            "..-0123456789ab", "a b-0123456789ab", "a\n-0123456789ab", "ä-0123456789ab", "found-1", "found-100",
            "found-02",
            String(repeating: "9", count: 101) + "-0123456789ab",
        ]
    )
    func `what is no name of a release is none`(text: String) {
        #expect(ReleaseID(text) == nil)
    }

    @Test(arguments: ["", ".5", "-5", "a/b", "1 0", "a\0", "é", String(repeating: "1", count: 101)])
    func `a version is a plain word`(version: String) {
        #expect(throws: ReleaseError.self) { try ReleaseID(version: version, sha256: Self.sum) }
    }

    @Test func `a sum is all of a sum`() {
        #expect(throws: ReleaseError.self) { try ReleaseID(version: "1", sha256: "0123456789ab") }
    }

    @Test func `numbers in versions count as numbers`() throws {
        let texts = ["1.2", "1.2.1", "1.02.2", "1.10", "1.10a", "10.1", "a"]
        let ids = try texts.map { try ReleaseID(version: $0, sha256: Self.sum) }
        #expect(ids.shuffled().sorted() == ids)
        for (number, id) in ids.enumerated() {
            for (other, another) in ids.enumerated() { #expect((id < another) == (number < other), "\(id) \(another)") }
        }
    }

    @Test func `a root is a place of its own`() throws {
        let root = try ReleaseRoot(path: "/srv//shop/", user: "shop", shared: ["log/", ".env", "a/b"])
        let id = try ReleaseID(version: "1", sha256: Self.sum)
        #expect(root.path == "/srv/shop" && root.current == "/srv/shop/current" && root.target(id) == "releases/\(id)")
        #expect(
            root.shared.map(\.path) == ["log", ".env", "a/b"] && root.shared.map(\.isDirectory) == [true, false, false]
        )
        for path in ["/", "", "srv/shop", "/srv/../etc", "/srv/a\nb"] {
            #expect(throws: ReleaseError.self) { try ReleaseRoot(path: path, user: "shop") }
        }
        for user in ["", "-x", ".x", "a b", "a;b", "a/b", "$x"] {
            #expect(throws: ReleaseError.self) { try ReleaseRoot(path: "/srv", user: user) }
            #expect(throws: ReleaseError.self) { try ReleaseRoot(path: "/srv", user: "shop", group: user) }
        }
        for shared in [["../x"], ["/x"], ["a//b"], ["."], [""], ["a/./b"], ["a", "a/b"], ["a", "a/"], ["x\ny"]] {
            #expect(throws: ReleaseError.self) { try ReleaseRoot(path: "/srv", user: "shop", shared: shared) }
        }
        for program in ["", ".x", "-x", "a/b", "a b"] {
            #expect(throws: ReleaseError.self) {
                try ReleaseRoot(path: "/srv", user: "shop", artifact: .program(program))
            }
        }
    }

    @Test func `a change is sent with a lease, and its words are quoted`() throws {
        let root = try ReleaseRoot(path: "/srv/shop", user: "shop")
        let lease = Lease(root: root, owner: "ann's laptop", epoch: 7)
        let id = try ReleaseID(version: "1", sha256: Self.sum)
        let script = try ReleaseChange.mark(id, .good).script(under: lease, run: "run-1")
        #expect(script.call == ["baton_release_mark", "/srv/shop", "7", "ann's laptop", id.text, "good", "run-1"])
        #expect(lease.authority == .lease(epoch: 7))
        for run in ["", "a/b", "a b", ".x", String(repeating: "a", count: 65)] {
            #expect(throws: ReleaseError.self) { try ReleaseChange.mark(id, .good).script(under: lease, run: run) }
        }
        let staging = ReleaseChange.Staging(id: id, sha256: String(repeating: "d", count: 64), run: "run-1")
        #expect(throws: ReleaseError.self) { try ReleaseChange.stage(staging).script(under: lease, run: "run-1") }
    }

    @Test func `what is kept has names of its own and is not too much`() throws {
        let files = [[KeptFile("a", []), KeptFile("a", [])], [KeptFile("../a", [])], [KeptFile("a b", [])]]
        for files in files { #expect(throws: ReleaseError.self) { try KeptFile.function(files) } }
        let large = [KeptFile("a", Array(repeating: 0, count: KeptFile.mostBytes + 1))]
        #expect(throws: ReleaseError.self) { try KeptFile.function(large) }
    }

    @Test func `owners and times of leases are bounded`() throws {
        let root = try ReleaseRoot(path: "/srv/shop", user: "shop")
        for owner in ["", " a", "a ", "a\nb", String(repeating: "a", count: 201)] {
            #expect(throws: ReleaseError.self) { try LeaseRequest.take(root, owner: owner) }
        }
        for seconds in [0, -1, 3601] {
            #expect(throws: ReleaseError.self) { try LeaseRequest.take(root, owner: "a", seconds: seconds) }
        }
    }

    @Test(
        arguments: [
            "", "lease 1 60 this me", "lease 1 60 this you\n", "lease x 60 this me\n", "lease 1 60 that me\n",
            "lease 1 60 this \n",
            "lease 4294967296 60 this me\n", "lease 1 60 this me\nlease 1 60 this me\n", "lease 1 0 this me\n",
            "lease 1 60 other me\n", "leash 1 60 this me\n", "lease 1 60 this m\u{1b}e\n",
        ]
    )
    func `an answer about a lease is believed only as it is meant`(answer: String) throws {
        let root = try ReleaseRoot(path: "/srv/shop", user: "shop")
        #expect(throws: ReleaseError.self) {
            try LeaseRequest.read(Array(answer.utf8), status: 0, root: root, owner: "me")
        }
    }

    @Test(
        arguments: [
            "", "root there\n", "end\nroot there\n", "root there\nend", "what\nend\n", "current release ../x\nend\n",
            "sha256 \(sum)\nend\n", "release 1-0123456789ab gone 1 1 r yes 0\nend\n", "use x cwd 1\nend\n",
            "use 1 fd 1\nend\n",
            "release 1-0123456789ab good 1 1 r yes 0\nrelease 1-0123456789ab good 1 1 r yes 0\nend\n", "free -1\nend\n",
            "kept 1-0123456789ab a \(sum) YWJj\nend\n", "kept 1-0123456789ab ../a \(sum) -\nend\n", "incoming x\nend\n",
            "root there\u{0}\nend\n",
        ]
    )
    func `an answer about releases is believed only as it is meant`(answer: String) {
        #expect(throws: ReleaseError.self) { try ReleaseLook.read(Array(answer.utf8)) }
    }

    @Test func `what a change says of itself is read line by line`() throws {
        let lines = "staged 1-0123456789ab\nnote it is late\nstays found it was here before\nadopted found ../old\n"
        let read = try ReleaseAnswer.read(Array(lines.utf8))
        let id = try #require(ReleaseID("1-0123456789ab"))
        #expect(
            read == [
                .staged(id), .note("it is late"), .stays(.found, "it was here before"),
                .adopted(.found, target: "../old"),
            ]
        )
        for line in [
            "staged ..\n", "staged\n", "marked found great\n", "what found\n", "pruned found x\n", "staged found",
        ] {
            #expect(throws: ReleaseError.self) { try ReleaseAnswer.read(Array(line.utf8)) }
        }
    }
}
