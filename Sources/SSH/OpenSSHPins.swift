/// The known hosts of one connection through OpenSSH's client: a file in that connection's own directory, which the command
/// line names before the directory is there.
package enum OpenSSHPins {
    /// Stands for the file in the command line until the directory is made.
    package static let file = "/baton-pins/known"

    /// What the file calls the host with so many hosts before it.
    package static func alias(_ jumps: Int) -> String { "baton-pinned-\(jumps)" }

    static func text(_ pins: [[HostKey]]) -> String {
        pins.enumerated().map { index, keys in keys.map { "\(alias(index)) \($0.line)\n" }.joined() }.joined()
    }
}
