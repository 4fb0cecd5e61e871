internal import CPrograms
internal import HostSide
package import Shell

extension HandoverProgram {
    /// The directory of a takeover: one for each attempt, so that nothing an earlier one has left counts for this one.
    package static func directory(in state: String, nonce: String) -> String { "\(state)/handover-\(nonce)" }

    /// What a host answers that is busy with another takeover.
    package static let busyStatus: Int32 = 77

    /// Lays the files down, whole and on the disk, or not at all; again if it is there already. `state` is the directory
    /// that is kept beside what is handed over. They are text and small, so they travel in the program: one exchange.
    package static func lay(_ files: [HandoverOrder.File], in state: String, nonce: String) -> ChangingProgram {
        let writing = files.map { "    printf %s \(Quoting.word($0.text)) >./\(Quoting.word($0.name)) || return\n" }
        let text =
            HostLibrary.text([.state, .way]) + HostLibrary.code(of: Self.text(of: baton_handover_lay_sh()))
            + "baton_lay_files() {\n\(writing.joined())}\nbaton_lay \(Quoting.line([state, nonce]))\n"
        return ChangingProgram("lay a takeover down", text)
    }
}
