/// The one program that is started on a host: a loop of the shell's own `read` that takes programs as frames and
/// answers with their output, ended by a marker that nobody can guess.
///
/// A frame is one line: `MARKER PROGRAM`, the program's newlines and backslashes escaped. Shells must read lines byte by
/// byte, so the next frame is untouched; `head -c` of busybox and the BSDs reads ahead and loses it. The answer is the
/// program's output as it comes, then a newline, the marker and the exit status on stdout, and a newline and the marker
/// on stderr. Nothing is captured on the host: a captured answer loses NUL bytes and trailing newlines and counts
/// characters instead of bytes.
///
/// The text is one line without single quotes or exclamation marks, so that csh and fish as login shells pass it on.
package enum ShellLoop {
    /// Answers `MARKER PID` first, through the same framing: whatever rc files print comes before it and is known for
    /// what it is.
    private static let greeting = #"printf "\n%s %s\n" "$1" "$$"; printf "\n%s\n" "$1" >&2; "#
    /// A shell that cannot even unescape the program (no process left, say) answers with that failure. Names that no
    /// account exports, and no parameters: the program starts with a clean table.
    private static let program =
        #"_baton_p=$(printf %b "$_baton_p") && (unset _baton_k; set --; eval "$_baton_p")"#
    private static let answer =
        #"_baton_s=$?; printf "\n%s %d\n" "$_baton_k" "$_baton_s"; printf "\n%s\n" "$_baton_k" >&2"#

    /// Programs one after another, without input.
    package static let many = greeting + "while read -r _baton_k _baton_p; do \(program) </dev/null; \(answer); done"

    /// One program whose input is the rest of the channel. Ends after it: what it did not read must not be taken for
    /// frames.
    package static let one = greeting + "read -r _baton_k _baton_p && { \(program); \(answer); }"

    /// Sent in an exec request. `marker` is only the greeting's; it stands in the host's process list.
    package static func command(_ loop: String, greeting marker: Marker, become: Become?) -> String {
        let shell = "sh -c '\(loop)' baton \(marker.text)"
        guard let become else { return "exec \(shell)" }
        return "exec \(Quoting.line(become.words)) \(shell)"
    }

    /// A program as a frame.
    package static func frame(_ text: String, _ marker: Marker) -> [UInt8] {
        var frame = Array(marker.text.utf8)
        frame.reserveCapacity(frame.count + text.utf8.count + text.utf8.count / 16 + 8)
        frame.append(UInt8(ascii: " "))
        // A program that starts with a dash would be an option of `eval` in bash.
        if text.hasPrefix("-") { frame += newline }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): frame += newline
            case UInt8(ascii: "\\"): frame += [byte, byte]
            default: frame.append(byte)
            }
        }
        // `read` takes blanks off the end of a line; behind this there are none.
        return frame + newline + [UInt8(ascii: "\n")]
    }

    /// As `printf %b` reads it.
    private static let newline = Array(#"\n"#.utf8)
}

/// 128 random bits as text: what ends an answer.
package struct Marker: Hashable, Sendable {
    package let text: String

    package init(_ random: (UInt64, UInt64)) {
        text = Self.hex(random.0) + Self.hex(random.1)
    }

    package static func random() -> Marker {
        var generator = SystemRandomNumberGenerator()
        return Marker((generator.next(), generator.next()))
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Becoming another user through sudo.
package struct Become: Hashable, Sendable {
    package let user: String
    /// What sudo prints when it wants the password; nil when there is none to give, and then sudo must not ask.
    package let prompt: String?

    package init(user: String, prompt: Marker?) {
        self.user = user
        self.prompt = prompt.map { "baton-\($0.text)" }
    }

    package var words: [String] {
        let asking = prompt.map { ["-S", "-p", $0] } ?? ["-n"]
        return ["sudo", "-H"] + asking + ["-u", user, "--"]
    }
}
