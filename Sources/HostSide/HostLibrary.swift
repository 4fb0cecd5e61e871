internal import CPrograms

/// The parts that programs for hosts are put together from: files of shell functions. A program has those it needs and
/// no others, because a host's shell reads a program byte by byte.
package enum HostLibrary: String, CaseIterable, Sendable {
    /// What paths are.
    case state
    /// Looks, by what they look at.
    case lookPaths, lookNames, lookContent, lookCalls
    /// How old processes are.
    case age
    /// Commands of users.
    case run
    /// How long commands may take, and what is passed on of what they say.
    case limit
    /// Steps and their framing.
    case steps
    /// The way to a directory.
    case way
    /// Where a change happens.
    case place
    /// Changes of files, directories and links.
    case change

    /// These parts in their order, without their comments.
    package static func text(_ parts: Set<HostLibrary>) -> String {
        allCases.filter { parts.contains($0) }.map(\.code).joined()
    }

    /// The whole file.
    var source: String {
        let file = embedded
        return String(decoding: UnsafeRawBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }

    private var code: String { Self.code(of: source) }

    /// A file of functions without its comments.
    package static func code(of source: String) -> String {
        var text = ""
        for line in source.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("#") {
            text += line
            text += "\n"
        }
        return text
    }

    private var embedded: baton_program {
        switch self {
        case .state: baton_library_state_sh()
        case .lookPaths: baton_library_look_paths_sh()
        case .lookNames: baton_library_look_names_sh()
        case .lookContent: baton_library_look_content_sh()
        case .lookCalls: baton_library_look_calls_sh()
        case .age: baton_library_age_sh()
        case .run: baton_library_run_sh()
        case .limit: baton_library_limit_sh()
        case .steps: baton_library_steps_sh()
        case .way: baton_library_way_sh()
        case .place: baton_library_place_sh()
        case .change: baton_library_change_sh()
        }
    }
}
