/// A part of a template.
enum Statement: Sendable {
    case data(String)
    case insertion(Expression, offset: Int)
    case condition([Branch], otherwise: [Statement])
    case loop(Loop)
    case assignment(targets: [String], value: Expression, offset: Int)
    /// `{% set x %}...{% endset %}`
    case capture(target: String, body: [Statement])

    /// `{% if %}` or `{% elif %}` with what belongs to it.
    struct Branch: Sendable {
        var condition: Expression
        var body: [Statement]
    }

    /// `{% for %}`
    struct Loop: Sendable {
        var targets: [String]
        var sequence: Expression
        var condition: Expression?
        var body: [Statement]
        /// What stands behind `{% else %}`: for no turn at all.
        var otherwise: [Statement]
        var offset: Int
    }
}
