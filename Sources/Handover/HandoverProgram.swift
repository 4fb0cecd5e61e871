internal import CPrograms
internal import HostSide
package import Shell

/// The program that lies on the host, and the calls of it.
package enum HandoverProgram {
    /// The whole program, without its comments: conductor, guard and what the controller may ask for.
    package static var text: String { library + "baton_handover \"$@\"\n" }

    /// The same without the call, for tests that put other functions in the place of some.
    package static var library: String { "#!/bin/sh\n" + parts.map { HostLibrary.code(of: $0) }.joined() }

    /// The files as they are written.
    static var parts: [String] {
        [
            baton_handover_seams_sh(), baton_handover_process_sh(), baton_handover_order_sh(),
            baton_handover_journal_sh(), baton_handover_observe_sh(), baton_handover_probe_sh(),
            baton_handover_act_sh(), baton_handover_meet_sh(), baton_handover_conduct_sh(),
            baton_handover_guard_sh(), baton_handover_evidence_sh(), baton_handover_roles_sh(),
        ].map { text(of: $0) }
    }

    static func text(of file: baton_program) -> String {
        String(decoding: UnsafeRawBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }

    // MARK: Calls

    /// Starts the guard; it answers when it stands.
    package static func arm(in directory: String) -> ChangingProgram { changing("arm a takeover", directory, ["arm"]) }

    /// Starts the conductor, which needs nobody from then on.
    package static func go(in directory: String) -> ChangingProgram { changing("begin a takeover", directory, ["go"]) }

    /// The lease holds for so long from now, on the host's own clock.
    package static func renew(
        in directory: String,
        seconds: Int,
        epoch: UInt32,
        owner: String
    ) -> ChangingProgram {
        changing("renew a lease", directory, ["renew", String(seconds), String(epoch), owner])
    }

    /// Gives the lease back, so that a guard who has nothing to undo ends at once.
    package static func release(in directory: String, epoch: UInt32, owner: String) -> ChangingProgram {
        changing("give a lease back", directory, ["renew", "0", String(epoch), owner])
    }

    /// Over a new connection. The answer is what the host has concluded by itself.
    package static func confirm(in directory: String, nonce: String, epoch: UInt32) -> ChangingProgram {
        changing("confirm a takeover", directory, ["confirm", nonce, String(epoch)])
    }

    package static func abort(in directory: String, nonce: String) -> ChangingProgram {
        changing("call off a takeover", directory, ["abort", nonce])
    }

    /// After a boot in the middle, before the service starts.
    package static func heal(in directory: String) -> ChangingProgram {
        changing("heal a takeover", directory, ["heal"])
    }

    /// Over another connection than the one that armed: that the guard has outlived that one.
    package static func proof(in directory: String) -> ReadingProgram {
        ReadingProgram("find the guard", line(directory, ["proof"]))
    }

    /// The journal from this line on, counted from 1, and the status.
    package static func look(in directory: String, from line: Int) -> ReadingProgram {
        ReadingProgram("look at a takeover", HandoverProgram.line(directory, ["look", String(line)]))
    }

    package static func status(in directory: String) -> ReadingProgram {
        ReadingProgram("look at a takeover", line(directory, ["status"]))
    }

    /// What the logs said of the new release, before anything was undone.
    package static func evidence(in directory: String) -> ReadingProgram {
        ReadingProgram("look at what a takeover has kept", line(directory, ["evidence"]))
    }

    private static func changing(_ label: String, _ directory: String, _ words: [String]) -> ChangingProgram {
        ChangingProgram(label, line(directory, words))
    }

    private static func line(_ directory: String, _ words: [String]) -> String {
        Quoting.line(["sh", directory + "/program", directory] + words) + "\n"
    }
}
