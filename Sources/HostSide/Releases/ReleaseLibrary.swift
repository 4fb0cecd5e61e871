internal import CPrograms
package import Shell
internal import Text

/// The shell functions that releases are looked at and changed with (programs/releases).
enum ReleaseLibrary: String, CaseIterable {
    case root, account, lease, take, record, unpack, stage, migrate, adopt, flip, prune, keep, uses, look

    /// What each call needs of these: a host's shell reads a program byte by byte, and leases are renewed often.
    static let renewing: [ReleaseLibrary] = [.root, .lease]
    static let taking: [ReleaseLibrary] = renewing + [.take]
    static let recording: [ReleaseLibrary] = renewing + [.record]
    static let keeping: [ReleaseLibrary] = recording + [.keep]
    static let adopting: [ReleaseLibrary] = recording + [.adopt]
    static let flipping: [ReleaseLibrary] = recording + [.flip]
    static let migrating: [ReleaseLibrary] = recording + [.account, .migrate]
    static let pruning: [ReleaseLibrary] = recording + [.account, .uses, .prune]
    static let staging: [ReleaseLibrary] = pruning + [.unpack, .stage]
    static let looking: [ReleaseLibrary] = recording + [.migrate, .uses, .look]

    /// And of the library that everybody shares.
    private var parts: Set<HostLibrary> {
        switch self {
        case .root, .lease: [.state, .age, .way]
        case .account, .migrate: [.limit]
        // What is made above a root, and what is mounted below a tree.
        case .take, .adopt, .prune: [.change]
        default: []
        }
    }

    static func script(_ libraries: [ReleaseLibrary], _ call: [String], text: String = "") -> HostScript {
        HostScript(
            libraries: libraries.map(\.library),
            parts: libraries.reduce(into: []) { $0.formUnion($1.parts) },
            text: text,
            call: call
        )
    }

    /// What runs as the release's user travels as the value of a variable: another shell reads it.
    var library: ScriptLibrary {
        guard self == .unpack else { return ScriptLibrary("releases \(rawValue)", source: source) }
        return ScriptLibrary(
            "releases \(rawValue)",
            source: "b_rl_unpacking=\(Quoting.word(HostLibrary.code(of: source)))\n"
        )
    }

    var source: String {
        let file = embedded
        return String(decoding: UnsafeRawBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }

    private var embedded: baton_program {
        switch self {
        case .root: baton_releases_root_sh()
        case .account: baton_releases_account_sh()
        case .lease: baton_releases_lease_sh()
        case .take: baton_releases_take_sh()
        case .record: baton_releases_record_sh()
        case .unpack: baton_releases_unpack_sh()
        case .stage: baton_releases_stage_sh()
        case .migrate: baton_releases_migrate_sh()
        case .adopt: baton_releases_adopt_sh()
        case .flip: baton_releases_flip_sh()
        case .prune: baton_releases_prune_sh()
        case .keep: baton_releases_keep_sh()
        case .uses: baton_releases_uses_sh()
        case .look: baton_releases_look_sh()
        }
    }
}

/// What programs of a room above need that switch to a release by themselves.
package enum ReleaseShell {
    package static var flipping: [ScriptLibrary] { ReleaseLibrary.flipping.map(\.library) }
}

extension HostScript {
    /// The script alone, for a channel beside the one that runs steps: leases are renewed while `prepare` runs.
    package func changingProgram(_ label: String) -> ChangingProgram { ChangingProgram(label, alone) }

    package func readingProgram(_ label: String) -> ReadingProgram { ReadingProgram(label, alone) }

    private var alone: String {
        var others = ScriptLibraries()
        others.add(self)
        return "b_newline='\n'\n" + HostLibrary.text(parts) + others.text + text + words + "\n"
    }
}

/// A line of an answer: `KEY VALUE`.
struct ReleaseLine: Equatable {
    let key: String
    let value: String

    private static let most = 10_000

    /// Nothing is believed that no host of good will would say.
    static func read(_ output: [UInt8]) throws(ReleaseError) -> [ReleaseLine] {
        var lines: [ReleaseLine] = []
        if let last = output.last, last != 10 { throw ReleaseError("the answer ends in the middle") }
        for bytes in output.split(separator: 10) {
            guard lines.count < most, !bytes.contains(where: { $0 < 32 || $0 == 127 }), let line = ReleaseLine(bytes)
            else {
                throw strange(Array(bytes))
            }
            lines.append(line)
        }
        return lines
    }

    private init?(_ bytes: ArraySlice<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        key = String(parts[0])
        value = parts.count > 1 ? String(parts[1]) : ""
    }

    var words: [Substring] { value.split(separator: " ", omittingEmptySubsequences: false) }

    static func strange(_ bytes: [UInt8]) -> ReleaseError {
        ReleaseError("the host answered something that was not asked: \(Printable.sentence(bytes, limit: 80))")
    }
}
