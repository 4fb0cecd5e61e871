import ClientConfig
import Testing

/// Files that nobody should have written.
struct HostileTests {
    private func problems(_ bytes: [UInt8], _ more: [String: String] = [:], host: String = "h") -> String {
        var files = more.mapValues { Array($0.utf8) }
        files["/c"] = bytes
        do throws(ConfigError) {
            let config = try ClientConfig(.only("/c"), surroundings: Memory.own, reader: Memory.reader(files))
            _ = try config.settings(for: host)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `no text`() {
        #expect(
            problems([0x50, 0x6F, 0, 0x72])
                == "/c:1: error: the line contains a NUL byte\n  hint: is this a text file, in UTF-8?"
        )
        #expect(problems([0xFE, 0xFF, 0, 0x48]).hasPrefix("/c:1: error: "))
        #expect(problems([0xEF, 0xBB, 0xBF] + Array("Port 5".utf8)).contains("byte order mark"))
        let random = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 7) }
        #expect(problems(random).hasPrefix("/c:1: error: "))
    }

    @Test func `bytes that are no UTF-8 matter only where they mean something`() {
        #expect(problems(Array("# caf\u{1}".utf8) + [0xE9, 10] + Array("LocalCommand \u{1}".utf8) + [0xE9]) == "")
        #expect(problems(Array("User caf".utf8) + [0xE9]) == "/c:1: error: the argument of User is not UTF-8")
        #expect(problems(Array("Host caf".utf8) + [0xE9] + Array("\n Port 5".utf8)) == "")
    }

    @Test func `nothing that is shown moves the cursor`() {
        let text = problems(Array("User a\u{1B}[2Jb\nPort \u{7}\nFo\u{1B}o x\nMatch \u{1B}x".utf8))
        #expect(text.split(separator: "\n").count >= 3)
        #expect(text.utf8.allSatisfy { $0 >= 0x20 || $0 == 10 })
        #expect(problems(Array("Fo\u{1B}o x".utf8)).contains("\\x1b"))
    }

    @Test func `size and number of lines have bounds`() {
        let large = [UInt8](repeating: UInt8(ascii: "#"), count: ClientConfig.largestFile + 1)
        #expect(problems(large) == "/c: error: the file is larger than 1048576 bytes")
        let long = [UInt8](repeating: 10, count: 100_001)
        #expect(problems(long) == "/c:100001: error: the file has more than 100000 lines")
        #expect(problems([UInt8](repeating: 10, count: 99_999)) == "")
        let wrong = Array(String(repeating: "Port x\n", count: 1000).utf8)
        #expect(
            problems(wrong).hasSuffix("/c:100: error: Port must be a number from 1 to 65535, not \"x\"\nand 900 more")
        )
    }

    @Test func `includes have bounds`() {
        #expect(problems(Array("Include /c".utf8)).contains("/c:1: error: files are included more than 16 deep"))
        #expect(
            problems(Array("Include /d".utf8), ["/d": "Include /c"]).contains(
                "/d:1: error: files are included more than"
            )
        )
        // Every file includes the next one eight times: 8 to the power of 15 readings.
        var files: [String: String] = ["/f15": "Port 5\n"]
        for number in 0..<15 { files["/f\(number)"] = String(repeating: "Include /f\(number + 1)\n", count: 8) }
        #expect(
            problems(Array("Include /f0".utf8), files).contains("the included files come to more than 400000 lines")
        )
        var many: [String: String] = [:]
        for number in 0..<5000 { many["/many/\(number)"] = "" }
        #expect(problems(Array("Include /many/*".utf8), many).contains("more than 4096 files are included"))
    }

    @Test func `many patterns and pathological ones`() throws {
        let names = (0..<10_000).map { "host\($0)" }.joined(separator: " ")
        #expect(problems(Array("Host \(names)\n  BindAddress x".utf8), host: "host9999").contains("BindAddress"))
        let stars = String(repeating: "*a", count: 200_000) + "b"
        let long = String(repeating: "a", count: 1000)
        #expect(problems(Array("Host \(stars)\n  BindAddress x".utf8), host: long) == "")
        #expect(problems(Array("Match host \(stars),\(stars)\n  BindAddress x".utf8), host: long) == "")
        let commas = String(repeating: ",", count: 500_000)
        #expect(problems(Array("Match user \(commas)x\n  BindAddress x".utf8)) == "")
    }

    @Test(arguments: [
        "ProxyJump ", "User ", "ProxyCommand ", "IdentityFile ", "Host ", "Match host ", "Include ", "HostName ",
        "ConnectTimeout ", "Port ", "IgnoreUnknown ", "Match ", "UserKnownHostsFile ",
    ])
    func `long and odd arguments end soon`(name: String) {
        let arguments = [
            String(repeating: "a,", count: 20_000), String(repeating: "%h", count: 20_000),
            String(repeating: "1", count: 20_000), String(repeating: "\"a\"", count: 10_000),
            String(repeating: "\\", count: 20_001), String(repeating: "[", count: 20_000),
            String(repeating: "@", count: 20_000), String(repeating: "! ", count: 20_000),
            String(repeating: "${AGENT}", count: 5_000), String(repeating: "= ", count: 20_000), "\"", "'", "%", "${",
            "~", "#", "!", "\\", "=", ":", "[]", "ssh://", "ssh://@", "ssh://%", "ssh://a:",
        ]
        for argument in arguments {
            let text = problems(Array("\(name)\(argument)\n".utf8))
            #expect(text.utf8.count < 10_000)
        }
    }

    @Test func `identity files have a bound`() {
        let lines = (0...100).map { "IdentityFile /k\($0)\n" }.joined()
        #expect(problems(Array(lines.utf8)) == "/c:101: error: IdentityFile is given more than 100 times")
    }
}
