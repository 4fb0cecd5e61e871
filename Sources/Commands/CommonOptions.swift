import Arguments
import Events
import Report

/// Options that several commands share, declared once.
enum CommonOptions {
    enum Output: String, CaseIterable, Sendable {
        case text
        case json
        case jsonl
    }

    static let inventory = Option.repeated(
        "-i",
        "--inventory",
        as: .path(.file, named: "FILE"),
        help: "Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2."
    )
    static let limit = Option.optional(
        "-l",
        "--limit",
        as: .text("PATTERN"),
        help: "Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file."
    )
    static let output = Option.optional(
        "-o",
        "--output",
        as: .choice(Output.self, named: "FORMAT"),
        help: "How results are written to stdout: for people, as one JSON value, or as a line per event."
    )
    static let verbose = Option.flag("-v", "--verbose", help: "Say more on stderr.")

    static let user = Option.optional(
        "-u",
        "--user",
        as: .text("NAME"),
        help: "Log in as this user, whatever the inventory says."
    )
    static let privateKey = Option.optional(
        "--private-key",
        as: .path(.file, named: "FILE"),
        help: "Log in with this key, whatever the inventory says."
    )
    static let askPassword = Option.flag(
        "-k",
        "--ask-pass",
        help: "Ask for the password to log in with, once for all hosts."
    )
    static let become = Option.flag("-b", "--become", help: "Run as another user through sudo.")
    static let becomeUser = Option.optional(
        "--become-user",
        as: .text("NAME"),
        help: "The user to become; root if nothing says otherwise."
    )
    static let askBecomePassword = Option.flag(
        "-K",
        "--ask-become-pass",
        help: "Ask for the password that sudo wants, once for all hosts."
    )
    static let forks = Option.optional(
        "-f",
        "--forks",
        as: .wholeNumber(in: 1...10_000, named: "N"),
        help: "Work on this many hosts at once. Default: 50, or what baton.yml says."
    )
    static let connectTimeout = Option.optional(
        "--connect-timeout",
        as: .duration(in: .milliseconds(100) ... .seconds(3600)),
        help: "Give up on a connection after this time. Default: 10s."
    )
    static let acceptNewHostKeys = Option.flag(
        "--accept-new-host-keys",
        help: "Believe and remember the keys of hosts of which none is known; a changed key is refused all the same."
    )

    /// What every command that goes to hosts takes.
    static let connecting = connecting(as: user)

    /// With another option for whom to log in as, where `--user` means somebody else.
    static func connecting(as user: any DeclaresOption) -> [any DeclaresOption] {
        [
            inventory, limit, user, privateKey, askPassword, become, becomeUser, askBecomePassword, forks,
            connectTimeout, acceptNewHostKeys, output, verbose,
        ]
    }
}
