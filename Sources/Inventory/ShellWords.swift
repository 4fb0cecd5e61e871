/// Splits a line into words as a POSIX shell does with quotes and backslashes, and nothing else of a shell.
///
/// The rules of Python's shlex with comments, which INI inventories are written for: a `#` starts a comment even inside a
/// word, as long as it is not in quotes.
struct ShellWords {
    struct Word {
        var text: String
        /// The column of its first letter.
        var column: Int
        /// The column of what follows the first `=`.
        var valueColumn: Int
    }

    enum Problem: Error {
        case unclosedQuote(column: Int)
        case nothingAfterBackslash(column: Int)

        var message: String {
            switch self {
            case .unclosedQuote: "this quote is never closed"
            case .nothingAfterBackslash: "nothing follows the backslash"
            }
        }

        var column: Int {
            switch self {
            case .unclosedQuote(let column), .nothingAfterBackslash(let column): column
            }
        }
    }

    /// `column` is that of the first of the scalars.
    static func split(
        _ scalars: ArraySlice<Unicode.Scalar>,
        column: Int = 1,
        comments: Bool = true
    ) throws(Problem) -> [Word] {
        var words: [Word] = []
        var text = String.UnicodeScalarView()
        var start: Int?
        var valueColumn: Int?
        var quote: (mark: Unicode.Scalar, column: Int)?
        var index = scalars.startIndex
        func place(_ index: Int) -> Int { column + index - scalars.startIndex }
        func finish() {
            guard let first = start else { return }
            words.append(Word(text: String(text), column: first, valueColumn: valueColumn ?? first))
            text = String.UnicodeScalarView()
            (start, valueColumn) = (nil, nil)
        }
        while index < scalars.endIndex {
            let scalar = scalars[index]
            if let open = quote {
                if scalar == open.mark {
                    quote = nil
                } else if scalar == "\\", open.mark == "\"" {
                    index += 1
                    guard index < scalars.endIndex else { throw .nothingAfterBackslash(column: place(index - 1)) }
                    if scalars[index] != "\\", scalars[index] != "\"" { text.append("\\") }
                    text.append(scalars[index])
                } else {
                    text.append(scalar)
                }
                index += 1
                continue
            }
            switch scalar {
            case " ", "\t", "\r", "\n": finish()
            case "#" where comments: index = scalars.endIndex
            case "\"", "'":
                quote = (scalar, place(index))
                start = start ?? place(index)
            case "\\":
                start = start ?? place(index)
                index += 1
                guard index < scalars.endIndex else { throw .nothingAfterBackslash(column: place(index - 1)) }
                text.append(scalars[index])
            default:
                start = start ?? place(index)
                text.append(scalar)
                if scalar == "=", valueColumn == nil { valueColumn = place(index + 1) }
            }
            if index < scalars.endIndex { index += 1 }
        }
        if let open = quote { throw .unclosedQuote(column: open.column) }
        finish()
        return words
    }
}
