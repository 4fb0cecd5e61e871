internal import CPrograms
internal import HostSide
internal import Shell

/// The shell functions that services are looked at and changed with (programs/services).
enum ServiceLibrary: String, CaseIterable {
    case common, journal, lock, members, procedure, apply, install, restore, `switch`, look, detach
    case systemd, systemdUnits, supervisordFind, supervisord, supervisordGroups, runit, runitTake, upstart
    case none, noneAct, noneTake

    /// What looks need.
    static let looking: [ServiceLibrary] = changing + drivers + [.look]
    /// What a procedure needs, and what starts one and follows it.
    static let procedures: [ServiceLibrary] = changing + drivers
    static let following: [ServiceLibrary] = [.common, .detach]
    private static let changing: [ServiceLibrary] = [
        .common, .journal, .lock, .members, .procedure, .apply, .install, .restore,
    ]
    private static let drivers: [ServiceLibrary] = [
        .systemd, .systemdUnits, .supervisordFind, .supervisord, .supervisordGroups, .runit, .runitTake, .upstart,
        .none, .noneAct, .noneTake,
    ]

    static let lookingParts: Set<HostLibrary> = [.state, .age, .limit]
    static let procedureParts: [HostLibrary] = [.state, .age, .limit, .way, .place, .change]
    static let followingParts: Set<HostLibrary> = [.state, .age, .way]

    var library: ScriptLibrary { ScriptLibrary("services \(rawValue)", source: source) }

    private var source: String {
        let file = embedded
        return String(decoding: UnsafeRawBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }

    private var embedded: baton_program {
        switch self {
        case .common: baton_services_common_sh()
        case .journal: baton_services_journal_sh()
        case .lock: baton_services_lock_sh()
        case .members: baton_services_members_sh()
        case .procedure: baton_services_procedure_sh()
        case .apply: baton_services_apply_sh()
        case .install: baton_services_install_sh()
        case .restore: baton_services_restore_sh()
        case .look: baton_services_look_sh()
        case .switch: baton_services_switch_sh()
        case .detach: baton_services_detach_sh()
        case .systemd: baton_services_systemd_sh()
        case .systemdUnits: baton_services_systemd_units_sh()
        case .supervisord: baton_services_supervisord_sh()
        case .supervisordGroups: baton_services_supervisord_groups_sh()
        case .supervisordFind: baton_services_supervisord_find_sh()
        case .runit: baton_services_runit_sh()
        case .runitTake: baton_services_runit_take_sh()
        case .upstart: baton_services_upstart_sh()
        case .none: baton_services_none_sh()
        case .noneAct: baton_services_none_act_sh()
        case .noneTake: baton_services_none_take_sh()
        }
    }
}

/// A program that runs by itself on a host, inside one that starts it: its libraries travel as the values of variables,
/// so that several procedures in one program have them once.
enum Procedure {
    /// `text` is read before the call; `title` is one word for the journal.
    /// `place` is where services of a release are kept, and nil where the name has to do.
    static func script(
        _ name: String,
        title: String,
        place: String? = nil,
        text: String = "",
        call: [String]
    ) -> HostScript {
        var program = CarriedProgram()
        program.carryProcedures()
        return program.script(name, title: title, place: place, text: at(place) + text, words: call)
    }

    /// What tells a procedure so.
    static func at(_ place: String?) -> String { place.map { "baton_places \(Quoting.word($0))\n" } ?? "" }
}

/// What a program that runs by itself is put together from.
struct CarriedProgram {
    private var libraries = ServiceLibrary.following.map(\.library)
    private var carried: [String] = []

    mutating func carryProcedures() {
        for part in ServiceLibrary.procedureParts { carry("part_\(part.rawValue)", HostLibrary.text([part])) }
        for library in ServiceLibrary.procedures { carry(library) }
    }

    mutating func carry(_ library: ServiceLibrary) {
        carry("service_\(library.rawValue)", HostLibrary.code(of: library.library.source))
    }

    mutating func carry(_ name: String, _ code: String) {
        let variable = "b_carried_\(name)"
        carried.append(variable)
        libraries.append(ScriptLibrary("carried \(name)", source: "\(variable)=\(Quoting.word(code))\n"))
    }

    /// `by` is the function that runs by itself: that of procedures, if nothing else is said.
    func script(
        _ name: String,
        title: String,
        place: String? = nil,
        text: String,
        words: [String],
        by: String? = nil
    ) -> HostScript {
        let pieces = carried.map { "\"$\($0)\"" }.joined(separator: " ")
        var own = "b_pieces() { printf '%s\\n' \(pieces) \"$b_text\"; }\n"
        own += "b_text=\(Quoting.word(text))\n"
        own += "b_words=\(Quoting.word(Quoting.line(words))) b_by=\(by ?? "")\n"
        return HostScript(
            libraries: libraries,
            parts: ServiceLibrary.followingParts,
            text: own,
            call: ["baton_detached", name, title, place ?? ""]
        )
    }
}
