/// Words as unit files write them.
enum SystemdText {
    /// One word. In command lines `$` begins a variable and is written twice; in `Environment=` it is itself.
    static func word(_ text: String, isCommand: Bool) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "%": result += "%%"
            case "$" where isCommand: result += "$$"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func command(_ words: [String]) -> String {
        words.map { word($0, isCommand: true) }.joined(separator: " ")
    }

    static func environment(_ variable: EnvironmentVariable) -> String {
        "Environment=" + word("\(variable.name)=\(variable.value)", isCommand: false)
    }

    /// Text behind a key that takes all of its line.
    static func rest(_ text: String) -> String { text.replacing("%", with: "%%") }

    /// systemd takes no text with characters that Unicode reserves for nobody.
    static func isTaken(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { !($0.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains($0.value)) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-./,:+@=".utf8.contains(byte)
        }
    }
}
