import Document
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Changed templates, by seed: whatever they are, they are evaluated or refused.
struct TemplateFuzzTests {
    private static let pieces = [
        "{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-}}", "{%-", "-%}", "{% if a %}", "{% elif b %}", "{% else %}",
        "{% endif %}", "{% for x in l %}", "{% endfor %}", "{% set y = x %}", "{% set y %}", "{% endset %}",
        "{% raw %}", "{% endraw %}", " a ", " l ", " m ", " s ", " t ", "loop.index", " + ", " - ", " * ", " ** ",
        " / ",
        " // ", " % ", " ~ ", " == ", " < ", " in ", " not ", " and ", " or ", " if ", " else ", " is ", "defined",
        " | ",
        "upper", "default(1)", "join(',')", "sort", "map('upper')", "map(attribute='k')", "select('string')", "to_json",
        "int", "length", "first", "split", "replace('a','b')", "indent(2)", "unique", "combine({'a': 1})", "quote",
        "raw",
        "(", ")", "[", "]", "{", "}", ":", ",", ".", "0", "1", "-1", "2.5", "9223372036854775807", "1e308", "'", "\"",
        "\\",
        "'a'", "é", "\u{1F600}", "\n", "\r\n", " ", "\0", "[0]", "[-1]", "[1:]", "[::-1]", ".k", ".items()",
        ".get('k')",
        "range(5)", "true", "none", "'x' * 9999999", "=",
    ].map { Array($0.utf8) }

    private static let seeds = [
        "{{ a + 1 }} {{ s | upper | default('x') }}",
        "{% for k, v in m.items() %}{{ loop.index }}{{ k }}={{ v }}{% else %}-{% endfor %}",
        "{% if a > 1 and s is defined %}{{ l | sort | join(', ') }}{% elif t %}x{% endif %}\n",
        "{% set y = l[1:] ~ m['k'] %}{{ y | to_json }}{# c #}{% raw %}{{ z }}{% endraw %}",
        "{{ {'a': [1, l | map('string') | list]}.a[1][0] if a else s[2:5] * 3 }}",
    ].map { Array($0.utf8) }

    private static var rounds: Int { getenv("BATON_FUZZ").flatMap { Int(String(cString: $0)) } ?? 8000 }

    @Test(arguments: [1, 2])
    func mutations(seed: UInt64) throws {
        var random = Seeded(seed)
        var limits = TemplateLimits()
        limits.steps = 5000
        limits.outputBytes = 1 << 16
        limits.madeBytes = 1 << 18
        let variables =
            "a: 2\ns: 'text {{ a }}'\nt: true\nl: [3, b, '{{ s }}', {k: 1}]\nm: {k: v, x: !secret env:TOKEN}\nz: '{{ z }}'\n"
        let fresh = try evaluator(variables, limits: limits)
        var good = 0
        for round in 0..<TemplateFuzzTests.rounds {
            var bytes = TemplateFuzzTests.seeds[round % TemplateFuzzTests.seeds.count]
            for _ in 0...(random.next() % 4) { TemplateFuzzTests.mutate(&bytes, &random) }
            let source = SourceText(name: "t", bytes: bytes)
            var evaluator = fresh
            do throws(DocumentError) {
                let template = try Template(file: source, limits: limits)
                let result = try evaluator.text(template)
                if !result.isTainted, result.text.contains("hunter2") { Issue.record("a secret came out: \(bytes)") }
                good += 1
            } catch {
                let shown = error.description
                if shown.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) { Issue.record("control bytes: \(bytes)") }
                if shown.contains("hunter2") { Issue.record("an error shows a secret: \(bytes)") }
            }
            let origin = Origin(source, .start)
            let text = String(decoding: bytes, as: UTF8.self)
            if let template = try? Template(text, at: origin, limits: limits) {
                _ = try? evaluator.value(template)
                _ = try? evaluator.command(template)
            }
        }
        #expect(good > TemplateFuzzTests.rounds / 20 && good < TemplateFuzzTests.rounds)
    }

    /// Places in YAML files: whatever stands there, an error has a place in the file.
    @Test func places() throws {
        var random = Seeded(3)
        let wraps: [(String, String)] = [
            ("x: ", "\n"), ("x: \"", "\"\n"), ("x: '", "'\n"), ("x: |\n  ", "\n"), ("x: >\n   ", "\n"),
        ]
        var found = 0
        for round in 0..<TemplateFuzzTests.rounds / 4 {
            var bytes = Array("a {{ nope }} b".utf8)
            for _ in 0...(random.next() % 3) { TemplateFuzzTests.mutate(&bytes, &random) }
            let (before, after) = wraps[round % wraps.count]
            let source = SourceText(name: "v", bytes: Array(before.utf8) + bytes + Array(after.utf8))
            guard let node = try? YAML.parse(source), let value = node["x"] else { continue }
            var evaluator = Evaluator(Variables([["x": Value(value, in: source)]])) { (_) throws(SecretProblem) in "" }
            do throws(DocumentError) {
                _ = try evaluator.value(of: "x")
            } catch {
                let first = error.diagnostics.items[0]
                guard let position = first.position, first.source.byte(of: position) != nil else {
                    Issue.record("no place: \(error)")
                    continue
                }
                if first.message == "\"nope\" is not defined" {
                    let byte = first.source.byte(of: position) ?? 0
                    #expect(first.source.bytes[byte...].starts(with: "nope".utf8), "\(error)")
                    found += 1
                }
            }
        }
        #expect(found > 200)
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let place = Int(random.next() % UInt64(bytes.count + 1))
        switch random.next() % 5 {
        case 0, 1:
            bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
        case 2 where place < bytes.count:
            bytes.remove(at: place)
        case 3 where place < bytes.count:
            bytes[place] = UInt8(truncatingIfNeeded: random.next())
        default:
            let end = min(bytes.count, place + Int(random.next() % 12))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
    }
}
