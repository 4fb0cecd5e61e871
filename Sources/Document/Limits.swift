/// How much a document may ask for. A file beyond these is a mistake or an attack, never an inventory or a playbook.
package struct Limits: Sendable {
    package var inputBytes = 32 << 20
    package var scalarBytes = 16 << 20
    /// How deep lists and mappings may lie in each other, with what aliases stand for.
    package var depth = 64
    /// How many scalars, lists and mappings there may be once each alias is counted as what it stands for.
    package var nodes = 1_000_000
    // The parser compares each `%` line with all before it.
    var directiveLines = 1000

    package init() {}
}
