/// The filters. One that is not here is an error where it is written, before anything runs.
enum Filter: String, CaseIterable, Sendable {
    case abs
    case b64decode
    case b64encode
    case basename
    case bool
    case capitalize
    case combine
    case count
    case d
    case `default`
    case dict2items
    case dictsort
    case dirname
    case first
    case float
    case fromJSON = "from_json"
    case indent
    case int
    case items2dict
    case join
    case last
    case length
    case list
    case lower
    case map
    case max
    case min
    case quote
    case raw
    case reject
    case rejectattr
    case replace
    case reverse
    case round
    case select
    case selectattr
    case sort
    case split
    case string
    case sum
    case ternary
    case toJSON = "to_json"
    case toNiceJSON = "to_nice_json"
    case trim
    case unique
    case upper

    static let names = allCases.map(\.rawValue)

    /// The names of its arguments, in their order; the first `required` must be given.
    var parameters: (names: [String], required: Int) {
        switch self {
        case .default, .d: (["default_value", "boolean"], 0)
        case .dictsort: (["case_sensitive", "by", "reverse"], 0)
        case .float: (["default"], 0)
        case .indent: (["width", "first", "blank"], 0)
        case .int: (["default", "base"], 0)
        case .items2dict: (["key_name", "value_name"], 0)
        case .join: (["d", "attribute"], 0)
        case .max, .min: (["attribute"], 0)
        case .replace: (["old", "new", "count"], 2)
        case .round: (["precision", "method"], 0)
        case .sort: (["reverse", "case_sensitive", "attribute"], 0)
        case .split: (["sep", "maxsplit"], 0)
        case .sum: (["attribute", "start"], 0)
        case .ternary: (["true_val", "false_val", "none_val"], 2)
        case .trim: (["chars"], 0)
        case .unique: (["case_sensitive", "attribute"], 0)
        default: ([], 0)
        }
    }
}

/// What can stand behind `is`.
enum Test: String, CaseIterable, Sendable {
    case boolean
    case contains
    case defined
    case divisibleby
    case eq
    case equalto
    case even
    case `false`
    case falsy
    case float
    case ge
    case gt
    case isIn = "in"
    case integer
    case iterable
    case le
    case lt
    case mapping
    case ne
    case none
    case number
    case odd
    case sequence
    case string
    case `true`
    case truthy
    case undefined

    static let names = allCases.map(\.rawValue)

    /// How many arguments it takes.
    var arity: Int {
        switch self {
        case .contains, .divisibleby, .eq, .equalto, .ge, .gt, .isIn, .le, .lt, .ne: 1
        default: 0
        }
    }
}

/// The few methods of Python's values that templates call.
enum Method: String, CaseIterable, Sendable {
    case cycle
    case endswith
    case get
    case items
    case keys
    case lower
    case replace
    case split
    case startswith
    case strip
    case upper
    case values

    static let names = allCases.map(\.rawValue)
}
