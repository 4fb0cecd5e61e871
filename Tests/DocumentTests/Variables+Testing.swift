import Document
import Testing

/// An evaluator whose variables are those of a YAML text, which is called vars.yml in messages.
func evaluator(
    _ text: String,
    limits: TemplateLimits = TemplateLimits(),
    secrets: [SecretReference: String] = [.environment("TOKEN"): "hunter2-secret"]
) throws -> Evaluator {
    let source = SourceText(name: "vars.yml", text: text)
    let entries = try YAML.parse(source).entries ?? []
    let layer = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, Value($0.value, in: source)) })
    return Evaluator(Variables([layer]), limits: limits) { (reference) throws(SecretProblem) in
        guard let secret = secrets[reference] else { throw SecretProblem("it is not there", hint: "set it") }
        return secret
    }
}

extension Evaluator {
    /// A variable as JSON, or what is wrong with it.
    mutating func shown(_ name: String) -> String {
        do throws(DocumentError) {
            guard let value = try value(of: name) else { return "no such variable" }
            return value.shown
        } catch {
            return error.description
        }
    }
}

extension Value {
    /// Kind and content in short: texts in quotes, numbers as they are, secrets with a star.
    var shown: String {
        let star = isTainted ? "*" : ""
        switch content {
        case .string(let text): return star + text.debugDescription
        case .list(let values): return star + "[" + values.map(\.shown).joined(separator: ", ") + "]"
        case .map(let pairs):
            return star + "{" + pairs.map { $0.name + ": " + $0.value.shown }.joined(separator: ", ") + "}"
        default: return star + (Value.plainText(of: content) ?? "?")
        }
    }
}

/// What is wrong with the variable `x` of a YAML text, or its value.
func x(_ text: String, limits: TemplateLimits = TemplateLimits()) -> String {
    do {
        var evaluator = try evaluator(text, limits: limits)
        return evaluator.shown("x")
    } catch {
        return "\(error)"
    }
}

/// What a template file comes to, or what is wrong with it.
func rendered(_ template: String, _ variables: String = "", limits: TemplateLimits = TemplateLimits()) -> String {
    do {
        var evaluator = try evaluator(variables, limits: limits)
        let template = try Template(file: SourceText(name: "t.j2", text: template), limits: limits)
        return try evaluator.text(template).text
    } catch {
        return "\(error)"
    }
}

/// The command of a template, or what is wrong with it.
func command(_ template: String, _ variables: String = "") -> String {
    do {
        var evaluator = try evaluator(variables)
        let source = SourceText(name: "play.yml", text: template)
        return try evaluator.command(try Template(template, at: Origin(source, .start))).text
    } catch {
        return "\(error)"
    }
}
