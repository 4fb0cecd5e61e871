/// Why a command line cannot be understood, in one sentence, and perhaps how to write it instead.
///
/// Both texts are a single line and safe to show: whatever came from the user has been made visible and cut.
package struct UsageError: Error, Equatable, Sendable {
    package let message: String
    package let hint: String?
    /// The command reached when reading stopped, for pointing at its help; empty for the tool itself.
    package let commandPath: [String]

    package init(message: String, hint: String? = nil, commandPath: [String] = []) {
        self.message = message
        self.hint = hint
        self.commandPath = commandPath
    }
}

/// Turns text from the user into text that is safe inside a sentence.
///
/// It is for showing only: what comes out can no longer be parsed.
enum Echo {
    static let longest = 80

    /// The text in backticks, with everything invisible spelled out, cut with an ellipsis where it is too long.
    static func quoted(_ text: String) -> String {
        "`\(visible(text))`"
    }

    static func visible(_ text: String) -> String {
        var shown = ""
        var length = 0
        for scalar in text.unicodeScalars {
            let piece = isSafe(scalar) ? String(Character(scalar)) : escape(scalar)
            // Counted in scalars, not in characters: one character can be made of any number of scalars.
            length += piece.unicodeScalars.count
            if length > longest {
                return cut(shown)
            }
            shown.unicodeScalars.append(contentsOf: piece.unicodeScalars)
        }
        return shown
    }

    private static func cut(_ shown: String) -> String {
        var scalars = shown.unicodeScalars
        while scalars.count >= longest { scalars.removeLast() }
        return String(scalars) + "…"
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }

    /// Besides control characters this refuses what reorders or hides the text around it.
    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
