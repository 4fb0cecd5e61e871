import Document
import Events
import Reactor
import TestSupport
import Testing

/// A text that Ansible evaluates too.
struct JinjaCase: CustomTestStringConvertible, Sendable {
    enum Kind: String {
        case value
        case file
    }

    let text: String
    let kind: Kind

    static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    static let expressions = lines("expressions").map { JinjaCase(text: $0, kind: .value) }
    static let templates = list("templates.yml").flatMap {
        [JinjaCase(text: $0, kind: .file), JinjaCase(text: $0, kind: .value)]
    }
    static let all = expressions + templates
    /// Where the two are meant to differ, and why.
    static let reasons = Dictionary(
        uniqueKeysWithValues: (document("differences.yml").entries ?? []).flatMap { entry in
            (entry.value.elements ?? []).compactMap(\.text).map { ($0, entry.name) }
        }
    )

    var testDescription: String { kind.rawValue + " " + text.debugDescription }
    var name: String { kind.rawValue + " " + text }
    var reason: String? { JinjaCase.reasons[name] ?? JinjaCase.reasons[text] }

    /// What Baton makes of it.
    func outcome() -> Swift.Result<JSON, DocumentError> {
        do throws(DocumentError) {
            var evaluator = Evaluator(JinjaCase.variables) { (_) throws(SecretProblem) in "" }
            switch kind {
            case .file:
                let template = try Template(file: SourceText(name: "a.j2", text: text))
                return .success(.string(try evaluator.text(template).text))
            case .value:
                let source = SourceText(name: "a.yml", text: text)
                let template = try Template(text, at: Origin(source, .start))
                return .success(JinjaCase.json(try evaluator.value(template)))
            }
        } catch {
            return .failure(error)
        }
    }

    static let variables: Variables = {
        let source = SourceText(name: "vars.yml", bytes: bytes("vars.yml"))
        let entries = document("vars.yml").entries ?? []
        return Variables([Dictionary(uniqueKeysWithValues: entries.map { ($0.name, Value($0.value, in: source)) })])
    }()

    private static func json(_ value: Value) -> JSON {
        switch value.content {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .int(let int): .integer(int)
        case .huge(let digits): .digits(digits)
        case .float(let float): .number(float)
        case .string(let text), .date(let text): .string(text)
        case .list(let values): .array(values.map(json))
        case .map(let pairs): .object(pairs.map { .init(name: $0.name, value: json($0.value)) })
        case .opaque, .secret: .string("unread")
        }
    }

    private static func bytes(_ file: String) -> [UInt8] { (try? Files.read("\(folder)/Cases/\(file)")) ?? [] }

    private static func lines(_ file: String) -> [String] {
        String(decoding: bytes(file), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func document(_ file: String) -> Node {
        (try? YAML.parse(SourceText(name: file, bytes: bytes(file)))) ?? .null(at: .start)
    }

    private static func list(_ file: String) -> [String] { (document(file).elements ?? []).compactMap(\.text) }
}

/// Ansible's word on all cases.
private let jinja = AnsibleWord("\(JinjaCase.folder)/jinja.py") {
    let cases = JinjaCase.all.map { one in
        var members: [JSON.Member] = [
            .init(name: "name", value: .string(one.name)), .init(name: "text", value: .string(one.text)),
            .init(name: "kind", value: .string(one.kind.rawValue)),
        ]
        switch one.outcome() {
        case .success(let value): members.append(.init(name: "value", value: value))
        case .failure(let error): members.append(.init(name: "error", value: .string(error.description)))
        }
        return JSON.object(members)
    }
    return JSON.members(["variables": .string("\(JinjaCase.folder)/Cases/vars.yml"), "cases": .array(cases)])
}

/// Whatever Ansible makes of an expression or a template, Baton makes of it too.
struct JinjaComparisonTests {
    @Test(.enabled(if: AnsibleWord.mustRun, AnsibleWord.reason), arguments: JinjaCase.all)
    func `is evaluated as by Ansible`(one: JinjaCase) async throws {
        let differences = try #require(try await jinja.differences(of: one.name))
        if let reason = one.reason {
            #expect(differences.count == 1, "they are said to differ: \(reason)")
        } else {
            #expect(differences == [])
        }
    }

    @Test func `enough is compared, and nothing is said of what is not`() {
        #expect(JinjaCase.expressions.count >= 120)
        #expect(JinjaCase.templates.count >= 80)
        let names = Set(JinjaCase.all.flatMap { [$0.name, $0.text] })
        #expect(JinjaCase.reasons.keys.filter { !names.contains($0) } == [])
    }

    @Test func `a second time is as the first`() {
        for one in JinjaCase.all {
            let (first, second) = (one.outcome(), one.outcome())
            #expect((try? first.get()) == (try? second.get()))
        }
    }
}
