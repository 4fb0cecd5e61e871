internal import Supervision
internal import Text

/// What is concluded from a sighting, step by step. The rules are in the files beside this one.
struct PreflightJudge {
    typealias Finding = Preflight.Finding

    let seen: HandoverSighting
    let wish: Preflight.Wish
    let settings: ServerSettings
    private(set) var profile: HandoverProfile?
    private(set) var findings: [Finding] = []

    init(_ seen: HandoverSighting, _ wish: Preflight.Wish) {
        self.seen = seen
        self.wish = wish
        settings = ServerSettings(seen)
        let (chosen, doubts) = Self.profile(seen, wish)
        profile = chosen
        findings = doubts
        findings += pidFiles() + generations()
        findings += self.master()
        findings += supervision() + unit()
        findings += start() + options()
        findings += differences()
        findings += memory() + trial() + health()
        if findings.contains(where: { $0.trap == .noDrain }) { profile?.drain = nil }
    }

    /// Why a takeover is the right thing.
    var praise: String {
        let version = seen.version.map { " \($0.text)" } ?? ""
        let care = seen.unit.map { "systemd follows it in \($0)" } ?? "no supervisor stands above it"
        return
            "\(seen.server?.rawValue ?? profile?.name ?? "the server")\(version) can have a second master, and \(care)"
    }

    /// What would do instead, the best first.
    var instead: [HandoverWish.Strategy] {
        var ways: [HandoverWish.Strategy] = []
        let traps = Set(findings.map(\.trap))
        let isChange = !traps.isDisjoint(with: [.definitionChanged, .listenChanged, .frozenStart, .directoryDeleted])
        if seen.server == .nginx, !isChange, seen.master != nil { ways.append(.reload) }
        if wish.instances > 1 { ways.append(.paired) }
        if seen.properties["TriggeredBy"]?.contains(".socket") == true { ways.append(.socket) }
        return ways + [.restart]
    }

    // MARK: Which profile

    private static func profile(
        _ seen: HandoverSighting,
        _ wish: Preflight.Wish
    ) -> (HandoverProfile?, [Finding]) {
        if wish.handover.profile == "generic" {
            let profile = wish.handover.generic.flatMap { HandoverProfile.generic($0) }
            if let profile { return (profile, []) }
            return (nil, [Finding(.strange, "the generic profile has a signal that no server is told by")])
        }
        guard let server = seen.server else {
            if let name = wish.handover.profile, let profile = HandoverProfile.named(name) { return (profile, []) }
            let name = wish.handover.profile.map { ", and there is no profile \(Printable.quoted($0))" } ?? ""
            return (nil, seen.master == nil ? [] : [Finding(.strange, "what runs is no server that is known\(name)")])
        }
        // `gunicorn` may be any of its versions; a longer name is one of them.
        if let name = wish.handover.profile, name != server.rawValue {
            guard let profile = HandoverProfile.named(name) else {
                return (nil, [Finding(.strange, "there is no profile \(Printable.quoted(name))")])
            }
            return (profile, crossing(seen, profile))
        }
        guard server == .gunicorn else { return (HandoverProfile.named(server.rawValue), []) }
        let version = seen.isVersionChanged ? nil : seen.version?.text
        guard let version, let choice = HandoverChoice.of(server, version: version) else {
            let why =
                seen.isVersionChanged
                ? "gunicorn was changed to \(seen.version?.text ?? "another version") since the master began"
                : "the version of the gunicorn that runs cannot be told"
            // Who names a family means its newest.
            let isNamed = wish.handover.profile != nil
            return (.gunicorn, [Finding(.versionUnknown, why, weight: isNamed ? .warns : .forbids)])
        }
        return (choice.profile, crossing(seen, choice.profile))
    }

    private static func crossing(_ seen: HandoverSighting, _ profile: HandoverProfile) -> [Finding] {
        var found: [Finding] = []
        let language = seen.version?.language ?? ""
        if profile.name == HandoverProfile.gunicorn18.name, !language.hasPrefix("2.") {
            let on = language.isEmpty ? "" : " on Python \(language)"
            found.append(Finding(.newMasterDies, "gunicorn \(seen.version?.text ?? "18")\(on): its new master dies"))
        }
        if let new = seen.newVersion?.text, let choice = HandoverChoice.of(.gunicorn, version: new),
            seen.server == .gunicorn, choice.profile.name != profile.name
        {
            let old = seen.version?.text ?? profile.name
            found.append(
                Finding(.versionCrossed, "gunicorn \(old) runs and \(new) comes: their signals or pid files differ")
            )
        }
        return found
    }
}
