/// What happens while a service is handed over on a host.
package enum HandoverEvent: Equatable, Sendable {
    /// The host has entered a state of the table, so long after it began; `meaning` is that state's sentence. How many
    /// workers it saw of each release, where it had looked.
    case state(String, meaning: String, milliseconds: Int, oldWorkers: Int?, newWorkers: Int?)
    /// The second master is this process.
    case newMaster(pid: Int)
    case signal(String, pid: Int, purpose: String)
    /// Something out of the ordinary, with a stable word for programs.
    case note(Note, String)
    case finished(Ending)

    package enum Note: String, Sendable, CaseIterable {
        /// What did not come as it was to.
        case trouble
        case guardDrives = "guard_drives"
        case waits
        case linkLost = "link_lost"
        case linkBack = "link_back"
        case fenced
        case callingOff = "calling_off"
        case tooLate = "too_late"
    }

    package struct Ending: Equatable, Sendable {
        package enum Outcome: String, Sendable, CaseIterable {
            case committed, undone, dirty, refused, unknown
        }

        package var outcome: Outcome
        package var message: String
        package var hint: String?
        package var touched: Bool
        /// How often the host has asked the service, and how often that was no good answer.
        package var probes: Int
        package var badProbes: Int
        package var milliseconds: Int

        package init(
            _ outcome: Outcome,
            message: String,
            hint: String? = nil,
            touched: Bool,
            probes: Int = 0,
            badProbes: Int = 0,
            milliseconds: Int
        ) {
            self.outcome = outcome
            self.message = message
            self.hint = hint
            self.touched = touched
            self.probes = probes
            self.badProbes = badProbes
            self.milliseconds = milliseconds
        }
    }
}

extension HandoverEvent {
    var type: String {
        switch self {
        case .state: "handover.state"
        case .newMaster: "handover.new_master"
        case .signal: "handover.signal"
        case .note: "handover.note"
        case .finished: "handover.finished"
        }
    }

    func details(_ service: String, _ redactor: Redactor) -> JSON {
        let service = JSON.string(redactor.clean(service))
        switch self {
        case .state(let state, let meaning, let milliseconds, let old, let new):
            return .members([
                "service": service, "state": .string(state), "meaning": .string(redactor.clean(meaning)),
                "after_ms": .integer(milliseconds), "old_workers": old.map { .integer($0) },
                "new_workers": new.map { .integer($0) },
            ])
        case .newMaster(let pid): return .members(["service": service, "pid": .integer(pid)])
        case .signal(let signal, let pid, let purpose):
            return .members([
                "service": service, "signal": .string(signal), "pid": .integer(pid), "purpose": .string(purpose),
            ])
        case .note(let note, let message):
            return .members([
                "service": service, "note": .string(note.rawValue), "message": .string(redactor.clean(message)),
            ])
        case .finished(let ending):
            return .members([
                "service": service, "outcome": .string(ending.outcome.rawValue),
                "message": .string(redactor.clean(ending.message)),
                "hint": ending.hint.map { .string(redactor.clean($0)) }, "touched": .bool(ending.touched),
                "probes": .integer(ending.probes), "bad_probes": .integer(ending.badProbes),
                "duration_ms": .integer(ending.milliseconds),
            ])
        }
    }
}
