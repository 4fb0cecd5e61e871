import HostSide
import Shell
import TestSupport
import Testing

/// Answers to looks, read without believing the host.
@Suite struct LookingAnswerTests {
    private static let sum = String(repeating: "ab", count: 32)
    private static let looks: [Look] = [
        .path("/a", hashing: .always), .content("/a", limit: 3), .command(ShellCommand(.line("x"))),
        .age(ProcessAge(.pidFile("/p"), ofChildren: false, files: ["/f"])),
    ]
    private static let good = [
        "path 0 \(sum)\troot\tdomain users\tfile 644 0 5 3 sha256 \(sum)", "base64 1 eHh4\n", "command 2 0 said",
        "age 3 older 1",
    ]

    private static func bytes(_ records: [String]) -> [UInt8] { Array(records.map { "\($0)\0" }.joined().utf8) }

    private func read(_ records: [String]) throws(LookingError) -> Sightings {
        try Looking.read(Self.bytes(records), Self.looks)
    }

    @Test func `a good answer in any order`() throws {
        for records in [Self.good, Self.good.reversed()] {
            let seen = try read(records)
            let state = PathState(
                .file,
                mode: 0o644,
                group: 5,
                userName: "root",
                groupName: "domain users",
                size: 3,
                sha256: Self.sum,
                fingerprint: "file 644 0 5 3 sha256 \(Self.sum)"
            )
            #expect(seen[Self.looks[0]] == .path(state))
            #expect(seen[Self.looks[1]] == .content(Array("xxx".utf8), isWhole: true))
            #expect(seen[Self.looks[2]] == .command(status: 0, stderr: Array("said".utf8)))
            #expect(seen[Self.looks[3]] == .age(.older(than: "/f")))
        }
    }

    @Test(arguments: [
        (0, "path 1 -\t\t\tmissing"), (0, "path -1 -\t\t\tmissing"), (0, "path x -\t\t\tmissing"), (0, "path 0"),
        (0, "path 0 -\t\t\tmissing really"), (0, "path 0 -\t\t\tfile 999 0 0 0 at 1"), (0, "path 0 zz\t\t\tmissing"),
        (0, "path 0 -\t\t\tfile 644 0 0 -1 at 1 2"), (0, "path 0 -\t\t\tfile 644 0 0 99999999999999999999 at 1 2"),
        (0, "path 0 -\t\t\tlink 0 0"), (0, "path 0 -\t\t\tdirectory 755 0"), (0, "path 0 -\t\t\t"), (0, ""),
        (1, "base64 1 eHh4eHg="), (1, "base64 1 !"), (1, "hex 1 6"), (1, "hex 1 zz"), (1, "base64 2 eHh4"),
        (1, "command 1 0 x"), (2, "command 2 256 x"), (2, "command 2  x"), (2, "failed 2 x"), (2, "command 9 0 "),
        (3, "age 3 older 2"), (3, "age 3 older 0"), (3, "age 3 older"), (3, "age 3 ancient"), (3, "age 0 gone"),
    ])
    func `anything else is an error`(index: Int, record: String) {
        var records = Self.good
        records[index] = record
        #expect(throws: LookingError.self) { try read(records) }
    }

    @Test func `an answer that says too little or ends early is an error`() {
        for index in Self.good.indices {
            var records = Self.good
            records.remove(at: index)
            #expect(throws: LookingError.self) { try read(records) }
        }
        let whole = Self.bytes(Self.good)
        for length in 0..<whole.count {
            #expect(throws: LookingError.self) { try Looking.read(Array(whole.prefix(length)), Self.looks) }
        }
        #expect(throws: LookingError.self) { try read(Self.good + [Self.good[0]]) }
    }

    @Test func `an error can be shown on a terminal`() {
        do throws(LookingError) {
            _ = try read(["\u{1b}[2J\n\u{202e}" + String(repeating: "x", count: 10_000)])
            Issue.record("it was read")
        } catch {
            #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value < 127 })
            #expect(error.description.utf8.count < 200)
        }
    }

    @Test func `any bytes are read without harm`() {
        var random = Seeded(11)
        let base = Self.bytes(Self.good)
        for _ in 0..<20_000 {
            var bytes = base
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            _ = try? Looking.read(bytes, Self.looks)
        }
    }
}
