import Document
import Shell
import Supervision
import TestSupport
import Testing

/// Texts that ask for too much, or are none; and words that must come through whole.
struct HostileTests {
    private func problems(_ text: String) -> String {
        do {
            for service in try Project(text: text).catalog().services.keys.sorted() {
                let definition = try Project(text: text).definition(service)
                for supervisor in Supervisor.supervising { _ = try definition.rendered(for: supervisor.usualVersion) }
            }
            return ""
        } catch let error as DocumentError {
            return error.description
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        "services: " + String(repeating: "[", count: 200), "services: " + String(repeating: "{a: ", count: 500),
        "services: {web: {command: \"" + String(repeating: "{{ (", count: 500) + "\"}}", "services: [a]", "services: x",
        "- a", "services: {web: [x]}", "services: {1: {command: x}, ~: {command: y}}", "x: *nope", "services: {web: }",
        "services: {web: {command: {a: b}}}", "services: {web: {command: [[x]]}}",
        "services: {web: {command: \"a\\0b\"}}",
        "services: {web: {command: /bin/true, description: \"two\\nlines\"}}",
        "services: {web: {command: /bin/true, description: \"ends in \\\\\"}}",
        "services: {web: {command: /bin/true, directory: \"/a b\"}}",
        "services: {web: {command: /bin/true, directory: \"/a/../b\"}}",
        "services: {web: {command: /bin/true, directory: \"/a\\nUser=root\"}}",
        "services: {web: {command: /bin/true, user: \"a b\"}}", "services: {web: {command: /bin/true, user: \"0\"}}",
        "services: {web: {command: /bin/true, user: \"x\\nrespawn\"}}",
        "services: {web: {command: -x}}", "services: {web: {command: \"../bin/x\"}}",
        "services: {web: {command: /bin/true, logs: {file: \"/var/log/a;b\"}}}",
        "services: {web: {command: /bin/true, runtime_directories: /run/baton}}",
        "services: {web: {command: /bin/true, runtime_directories: /run/..}}",
        "services: {web: {command: /bin/true, environment: {\"A B\": x}}}",
        "services: {web: {command: /bin/true, environment: {A: \"a\\0b\"}}}",
        "services: {web: {command: /bin/true, environment: {A: \"{{ 'x' * 200000 }}\"}}}",
        "services: {web: {command: /bin/true, processes: 101}}",
        "services: {web: {command: \"/bin/true {{ 'x' * 99999999 }}\"}}",
        "services: {web: {command: /bin/true, listen: \"{{ listen }}\"}}",
    ])
    func `is an error`(text: String) { #expect(problems(text + "\n").contains("error: ")) }

    @Test func `many names for much`() {
        var text =
            "services:\n  web:\n    command: /bin/true\n    environment:\n      A0: &a0 [\"{{ x }}\", x, x, x, x]\n"
        for index in 1...14 {
            let items = Array(repeating: "*a\(index - 1)", count: 10).joined(separator: ", ")
            text += "      A\(index): &a\(index) [\(items)]\n"
        }
        #expect(problems(text).contains("error: "))
    }

    @Test func `thousands of errors are counted, not shown`() {
        let text = "services:\n" + (0..<900).map { "  s\($0): {comand: x, command: /bin/true}\n" }.joined()
        #expect(problems(text).hasSuffix("and 800 more"))
        let many = "services:\n" + (0...1000).map { "  s\($0): {command: /bin/true}\n" }.joined()
        #expect(problems(many).contains("at most 1000"))
    }

    @Test func `words come through a line`() throws {
        var random = Seeded(7)
        let pieces = [
            "a", "'", "\"", "\\", "$", "`", " ", "\t", "\n", ";", "#", "%", "{", "ü", "😀", "|", "*", "~", "=",
        ]
        for _ in 0..<500 {
            let words = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                (0..<Int.random(in: 0..<8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                    .joined()
            }
            var project = Project(text: "services: {web: {command: \"/bin/x {{ line | raw }}\"}}\n")
            project.variables["line"] = Quoting.line(words)
            #expect(try project.definition().instances[0].command == ["/bin/x"] + words)
        }
    }

    @Test func `a value is one word, whatever is in it`() throws {
        var project = Project(text: "services: {web: {command: \"/bin/x {{ value }} --a={{ value }}\"}}\n")
        project.variables["value"] = "a 'b' \"c\" $d; `e`\n"
        let value = try #require(project.variables["value"])
        #expect(try project.definition().instances[0].command == ["/bin/x", value, "--a=" + value])
    }

    @Test func `changed texts never end the program`() throws {
        var random = Seeded(11)
        for name in Project.names(in: "rendered") {
            let bytes = Array(try Project.named(name).text.utf8)
            for _ in 0..<60 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 0..<changed.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: changed.remove(at: place)
                    case 1:
                        changed.insert(Array("{}[]:,'\"%$\\\n -&*!".utf8).randomElement(using: &random) ?? 0, at: place)
                    default: changed[place] = UInt8.random(in: 0...255, using: &random)
                    }
                }
                _ = problems(String(decoding: changed, as: UTF8.self))
            }
        }
    }
}
