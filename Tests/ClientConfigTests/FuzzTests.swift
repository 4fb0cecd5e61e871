import ClientConfig
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Changed and made-up configurations, by seed: whatever they are, they are read or refused, and those that are valid mean what
/// ssh takes them for.
///
/// `make fuzz` runs many more: BATON_FUZZ is how many.
struct FuzzTests {
    private static let count = getenv("BATON_FUZZ").flatMap { Int(String(cString: $0)) } ?? 4000

    private static let words = [
        "Host ", "Match ", "Include ", "host ", "final ", "all ", "exec ", "user ", "!", "*", "?", ",", "\"", "'", "\\",
        "=", "#", "\n", "\r\n", "\t", " ", "%h", "%p", "%", "${", "}", "~", "@", ":", "[", "]", "ssh://", "none", "-",
        "+",
        "^", "99999999999999999999", "0", "\0", "\u{FEFF}", "é", "\u{2028}", "Port ", "ProxyJump ", "IgnoreUnknown *\n",
        "/c", "/d", "/*", "User ", "1w",
    ]

    @Test func `changed configurations are read or refused`() {
        let seeds = ConfigCase.all.map { Array(($0.parts["config"] ?? $0.parts["user"] ?? "").utf8) }
        var random = Seeded(11)
        var good = 0
        for round in 0..<FuzzTests.count {
            var bytes = seeds.randomElement(using: &random) ?? []
            for _ in 0...random.next() % 4 { FuzzTests.change(&bytes, &random) }
            let other = seeds.randomElement(using: &random) ?? []
            do throws(ConfigError) {
                let reader = Memory.reader(["/c": bytes, "/d": other])
                let config = try ClientConfig(.only("/c"), surroundings: Memory.own, reader: reader)
                for host in ["h", "a.example.com", "nobody", "::1"] { _ = try config.settings(for: host) }
                good += 1
            } catch {
                #expect(!error.problems.isEmpty)
                if round % 8 == 0, error.description.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) {
                    Issue.record("control bytes shown: \(bytes)")
                }
            }
        }
        #expect(good > FuzzTests.count / 20 && good < FuzzTests.count)
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let place = Int(random.next() % UInt64(bytes.count + 1))
        let end = min(bytes.count, place + Int(random.next() % 6))
        switch random.next() % 6 {
        case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + Int(random.next() % 40))], at: place)
        default: bytes.replaceSubrange(place..<end, with: words[Int(random.next() % UInt64(words.count))].utf8)
        }
    }

    @Test(.enabled(if: RealSSH.isThere, "there is no ssh"))
    func `made-up configurations mean what ssh takes them for`() async throws {
        let rounds = max(48, FuzzTests.count / 500)
        var refused = 0
        for round in 0..<rounds {
            var grammar = ConfigGrammar(seed: UInt64(round))
            let one = ConfigCase(
                name: "\(round)",
                parts: [
                    "config": grammar.config(including: ["one", "two", "t*"]), "one": grammar.config(),
                    "two": grammar.config(),
                ]
            )
            let call = grammar.call()
            try await withDirectory { directory in
                try one.write(to: directory)
                let difference = try await ComparisonTests.difference(call, one, directory)
                #expect(difference == nil, "\(call) \(one.parts)")
                do throws(ConfigError) {
                    _ = try settings(call, .only("\(directory)/config"))
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused * 2 < rounds)
    }
}

/// Makes up configurations of lines that ssh understands, and now and then of one that it does not.
struct ConfigGrammar {
    private var random: Seeded

    private static let hosts = ["a", "b.x", "web1", "WEB", "10.0.0.7", "real"]
    private static let patterns = ["a", "*", "?", "web*", "*.x", "!a", "!web?", "10.0.*", "real", "W*", "!*.x", "re?l"]
    private static let users = ["me", "you", "root", "m*", "*", "!me"]
    private static let lines = [
        "Port 5", "Port = 6", "Port=7 # seven", "User me", "User \"you\"", "User root", "HostName real",
        "HostName %h.x", "HostName Real", "HostName b.x", "HostName ::1", "IdentityFile /k1", "IdentityFile ~/k2",
        "IdentityFile /%h/%p/%r", "IdentityFile \"/k 3\"", "IdentityFile none", "IdentitiesOnly yes",
        "IdentitiesOnly no", "ConnectTimeout 5", "ConnectTimeout none", "ConnectTimeout 1m", "ServerAliveInterval 9",
        "ServerAliveCountMax 2", "StrictHostKeyChecking no", "StrictHostKeyChecking accept-new", "HostKeyAlias Alias",
        "HostKeyAlias other", "HashKnownHosts yes", "ProxyJump gate", "ProxyJump none", "ProxyJump u@g1:7,g2",
        "ProxyJump real", "ProxyCommand none", "ProxyCommand nc -x \"p\" %h %p # %r", "UserKnownHostsFile /u1 ~/u2",
        "UserKnownHostsFile none", "GlobalKnownHostsFile /g", "AddressFamily inet", "AddressFamily inet6",
        "PreferredAuthentications publickey", "PreferredAuthentications password,publickey",
        "PasswordAuthentication no", "PubkeyAuthentication no", "KbdInteractiveAuthentication no",
        "Ciphers aes256-ctr", "Ciphers -aes128*", "MACs +hmac-md5", "CertificateFile /c%n", "IdentityAgent none",
        "IdentityAgent /agents/%r", "IdentityAgent $BATON_TEST", "ForwardAgent yes", "LogLevel DEBUG", "# nothing", "",
        "IgnoreUnknown Odd*", "Oddity x", "BatchMode yes", "RequiredRSASize 3000", "PKCS11Provider /p.so",
    ]
    private static let wrong = [
        "Port 0", "User a b", "Bogus x", "HostName %p", "Match", "Match hots a", "Host \"\"", "ProxyJump a:b",
        "User \"x",
        "UserKnownHostsFile none /x", "Include", "ConnectTimeout soon",
    ]

    init(seed: UInt64) { random = Seeded(seed) }

    private mutating func pick(_ list: [String]) -> String { list.randomElement(using: &random) ?? "" }
    private mutating func oneIn(_ count: UInt64) -> Bool { random.next() % count == 0 }

    private mutating func list(_ items: [String], _ separator: String) -> String {
        (0...random.next() % 3).map { _ in pick(items) }.joined(separator: separator)
    }

    private mutating func header() -> String {
        if oneIn(2) { return "Host " + list(ConfigGrammar.patterns, " ") }
        if oneIn(4) {
            return pick(["Match all", "Match final all", "Match !all", "Match canonical all", "Match final"])
        }
        var line = "Match"
        for _ in 0...random.next() % 2 {
            line += oneIn(5) ? " !" : " "
            switch random.next() % 5 {
            case 0: line += "user " + list(ConfigGrammar.users, ",")
            case 1: line += "localuser " + list(ConfigGrammar.users, ",")
            case 2: line += "originalhost " + list(ConfigGrammar.patterns, ",")
            case 3 where oneIn(2): line += "final"
            default: line += "host=" + list(ConfigGrammar.patterns, ",")
            }
        }
        return line
    }

    mutating func config(including files: [String] = []) -> String {
        var text = ""
        for _ in 0..<3 + random.next() % 24 {
            let indent = pick(["", "  ", "\t"])
            switch random.next() % 12 {
            case 0, 1, 2: text += header()
            case 3 where !files.isEmpty && oneIn(2): text += "\(indent)Include @DIR@/" + pick(files)
            case 4 where oneIn(40): text += pick(ConfigGrammar.wrong)
            default: text += indent + pick(ConfigGrammar.lines)
            }
            text += pick(["\n", "\n", "\n", " \n", "\r\n"])
        }
        return text
    }

    /// Arguments of ssh.
    mutating func call() -> [String] {
        var words: [String] = []
        if oneIn(4) { words += ["-o", pick(ConfigGrammar.lines.filter { !$0.isEmpty && !$0.hasPrefix("#") })] }
        if oneIn(4) { words += ["-p", "99"] }
        if oneIn(4) { words += ["-l", "you"] }
        return words + [(oneIn(4) ? "me@" : "") + pick(ConfigGrammar.hosts)]
    }
}
