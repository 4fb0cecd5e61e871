/// An expression as it was parsed.
struct Expression: Sendable {
    /// The kinds of expressions.
    indirect enum Kind: Sendable {
        case literal(Value.Content, written: String?)
        case name(String)
        case list([Expression])
        case map([Entry])
        case attribute(Expression, String)
        case item(Expression, Expression)
        case slice(Expression, Slice)
        case sign(Expression, isMinus: Bool)
        case arithmetic(Arithmetic, Expression, Expression)
        case concatenation([Expression])
        case comparison(Expression, [Comparison])
        case not(Expression)
        case and(Expression, Expression)
        case or(Expression, Expression)
        case choice(condition: Expression, then: Expression, otherwise: Expression?)
        case filter(Filter, Expression, Call)
        case test(Test, Expression, Call, isNegated: Bool)
        case method(Method, Expression, Call)
        case range(Call)
    }

    /// A key and its value in a map.
    struct Entry: Sendable {
        var key: Expression
        var value: Expression
    }

    /// `[start:stop:step]`
    struct Slice: Sendable {
        var start: Expression?
        var stop: Expression?
        var step: Expression?
    }

    /// One `< x` of a chain of them.
    struct Comparison: Sendable {
        var relation: Relation
        var right: Expression
    }

    /// The arguments of a filter, a test or a method.
    struct Call: Sendable {
        var name: String
        var offset: Int
        var arguments: [Expression] = []
        var named: [Named] = []
    }

    /// `name=value` among arguments.
    struct Named: Sendable {
        var name: String
        var value: Expression
        var offset: Int
    }

    var kind: Kind
    /// Where the part stands that an error is about, in bytes of the template.
    var offset: Int
    /// How deep expressions lie in each other: evaluation goes as deep.
    var height: Int
}

/// What two numbers are put together with; some of it works for texts and lists too.
enum Arithmetic: String, Sendable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"
    case floorDivided = "//"
    case modulo = "%"
    case power = "**"
}

/// How two values are compared.
enum Relation: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"
}
