import Document
import Testing

/// A generator of numbers that gives the same ones every time.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Changed documents, by seed: whatever they are, they are read or refused.
struct FuzzTests {
    private static let pieces = [
        "a", "1", " ", "  ", "\n", ":", ": ", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "<<: ", "|\n", ">", "'", "\"",
        "#", "!", "!!str ", "? ", "\t", "\r\n", "---\n", "...\n", "%", "@", "`", "~", "é", "\u{FEFF}", "\\", "\0",
    ].map { Array($0.utf8) }

    private static let seeds = [
        "a: &a {b: [1, 2]}\nc: *a\n", "- x\n- 'y'\n- |\n  z\n", "k:\n  <<: {a: b}\n  l: \"m\\n\"\n",
        "[{a: b}, c, !t d]",
    ].map { Array($0.utf8) }

    @Test(arguments: [1, 2])
    func mutations(seed: UInt64) {
        var random = Seeded(seed)
        var limits = Limits()
        limits.nodes = 1000
        limits.depth = 12
        var good = 0
        for round in 0..<100_000 {
            var bytes = FuzzTests.seeds[round % FuzzTests.seeds.count]
            for _ in 0...(random.next() % 4) { FuzzTests.mutate(&bytes, &random) }
            var diagnostics = Diagnostics()
            let source = SourceText(name: "a", bytes: bytes)
            let node = YAML.parse(source, limits: limits, diagnostics: &diagnostics)
            if (node == nil) != diagnostics.hasErrors && node == nil {
                Issue.record("neither a node nor an error: \(bytes)")
            }
            if diagnostics.hasErrors {
                if round % 8 == 0, diagnostics.rendered.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) {
                    Issue.record("control bytes shown: \(bytes)")
                }
            } else {
                good += 1
            }
        }
        #expect(good > 10_000 && good < 90_000)
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let place = Int(random.next() % UInt64(bytes.count + 1))
        switch random.next() % 4 {
        case 0:
            bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
        case 1 where place < bytes.count:
            bytes.remove(at: place)
        case 2 where place < bytes.count:
            bytes[place] = UInt8(truncatingIfNeeded: random.next())
        default:
            let end = min(bytes.count, place + Int(random.next() % 8))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
    }
}
