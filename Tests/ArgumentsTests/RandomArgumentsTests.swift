import Arguments
import Testing

@Suite struct RandomArgumentsTests {
    /// A small generator with a seed, so that a failure can be repeated.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let words = [
        "apply", "exec", "lab", "up", "down", "compare", "help", "site.yml", "-", "--", "-v", "-vvv", "-C", "-CD",
        "-Cf", "-f5", "-f", "5", "--forks", "--forks=7", "--limit", "--limit=--x", "-h", "--help", "--version",
        "--color", "--color=json", "json", "-i", "--inventory=x", "--timeout", "1h30m", "--buffer=1G", "--name", "-n",
        "--check=yes", "--=", "--=x", "-=", "-C=", "", "--hosts", "---", "-limit", "\u{1B}[0m", "a\nb", "-\r\n",
    ]
    private static let beginnings: [[String]] = [
        [], ["apply"], ["apply", "site.yml"], ["exec", "web", "--"], ["lab", "up"], ["lab", "compare", "a", "b"],
        ["help"],
    ]
    private static let scalars: [Unicode.Scalar] = [
        "-", "=", "a", "C", "f", "v", "l", "5", "\n", "\r", "\u{0}", "\u{301}", "\u{202E}", "é", "漢", "\u{1F468}",
        "\u{200D}", "`", "'", "\\", " ", "\u{10FFFF}",
    ]

    private static func argument(_ generator: inout Generator) -> String {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<7:
            return words.randomElement(using: &generator) ?? ""
        case 7, 8:
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                text.append(scalars.randomElement(using: &generator) ?? "-")
            }
            return String(text)
        default:
            let word = words.randomElement(using: &generator) ?? ""
            let scalar = scalars.randomElement(using: &generator) ?? "-"
            return word + String(repeating: String(scalar), count: Int.random(in: 0...100, using: &generator))
        }
    }

    @Test func `any arguments give an outcome or one line of explanation`() {
        var generator = Generator(state: 20_240_229)
        var outcomes = (run: 0, help: 0, version: 0, error: 0)
        for _ in 0..<200_000 {
            let count = Int.random(in: 0...7, using: &generator)
            // Without a good beginning hardly any line would get past the name of the command.
            let beginning = Self.beginnings.randomElement(using: &generator) ?? []
            let arguments = beginning + (0..<count).map { _ in Self.argument(&generator) }
            do {
                switch try FakeTool.tool.parse(arguments) {
                case .run: outcomes.run += 1
                case .help: outcomes.help += 1
                case .version: outcomes.version += 1
                }
            } catch {
                outcomes.error += 1
                if !Self.isOneLine(error.message) || !Self.isOneLine(error.hint ?? "A.") {
                    Issue.record("\(arguments) gives \(error)")
                }
            }
        }
        // Each kind has to occur, or the arguments would not reach that part of the parser.
        #expect(outcomes.run > 1000)
        #expect(outcomes.help > 1000)
        #expect(outcomes.version > 1000)
        #expect(outcomes.error > 1000)
    }

    private static func isOneLine(_ text: String) -> Bool {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        return isPlain && !text.isEmpty && text.unicodeScalars.count < 400
    }
}
