package import Supervision

/// Which profile a version of a server takes: data, a row for each range of versions.
package struct HandoverChoice: Equatable, Sendable {
    package var server: HandoverServer
    /// From this version on; nil for the first.
    package var from: [Int]?
    /// And before this one; nil for the newest.
    package var below: [Int]?
    package var profile: HandoverProfile
    package var note: String

    /// A new server, or a version that changes its ways, is a row here.
    package static let all: [HandoverChoice] = [
        HandoverChoice(
            server: .gunicorn,
            below: [19],
            profile: .gunicorn18,
            note: "QUIT is the graceful one; its new master dies on Python 3.4 and newer"
        ),
        HandoverChoice(
            server: .gunicorn,
            from: [19],
            below: [19, 6],
            profile: .gunicorn19,
            note: "TERM is the graceful one; the old master moves aside"
        ),
        HandoverChoice(
            server: .gunicorn,
            from: [19, 6],
            profile: .gunicorn,
            note: "the new master has a file of its own until it is alone"
        ),
        HandoverChoice(server: .nginx, profile: .nginx, note: "in the background, started by its whole path"),
        HandoverChoice(server: .unicorn, profile: .unicorn, note: "also in the foreground, without a terminal"),
    ]

    /// The row for a server that calls itself this version; nil where that is no version.
    package static func of(_ server: HandoverServer, version: String) -> HandoverChoice? {
        guard let numbers = numbers(version) else { return nil }
        return all.first { choice in
            choice.server == server && choice.from.map { isBefore(numbers, $0) } != true
                && choice.below.map { isBefore(numbers, $0) } != false
        }
    }

    /// `23.0.dev1`: what is no number counts as the first of its kind.
    private static func numbers(_ version: String) -> [Int]? {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false).prefix(3)
        guard let first = parts.first, let major = number(first), major > 0 else { return nil }
        return [major] + parts.dropFirst().map { number($0.prefix { ("0"..."9").contains($0) }) ?? 0 }
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func isBefore(_ one: [Int], _ other: [Int]) -> Bool {
        for place in 0..<max(one.count, other.count) {
            let (a, b) = (place < one.count ? one[place] : 0, place < other.count ? other[place] : 0)
            if a != b { return a < b }
        }
        return false
    }

    /// The table for `docs/handover.md`.
    package static var page: String {
        var lines = [
            "| server | versions | profile | second pid file, whose | final stop | stops a new master | |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        for choice in all {
            let profile = choice.profile
            let stops = profile.newStop.map(\.rawValue).joined(separator: ", ")
            let side = "`P\(profile.sideSuffix)`, \(profile.sideHolds.rawValue)"
            let cells = [
                choice.server.rawValue, choice.range, profile.name, side, profile.finalStop.rawValue, stops,
                choice.note,
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var range: String {
        func text(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ".") }
        return switch (from, below) {
        case (nil, nil): "all"
        case (nil, let below?): "before \(text(below))"
        case (let from?, nil): "\(text(from)) and newer"
        case (let from?, let below?): "\(text(from)) to before \(text(below))"
        }
    }
}

extension HandoverProfile {
    package static func named(_ name: String) -> HandoverProfile? { all.first { $0.name == name } }

    /// A server as its user describes it.
    package static func generic(_ server: GenericServer) -> HandoverProfile? {
        func signal(_ signal: Signal?) -> HandoverSignal? { signal.flatMap { HandoverSignal(rawValue: $0.name) } }
        guard let upgrade = signal(server.upgrade), let final = signal(server.final), let quick = signal(server.quick),
            (server.drain == nil) == (signal(server.drain) == nil),
            (server.revive == nil) == (signal(server.revive) == nil)
        else { return nil }
        var profile = HandoverProfile(
            name: "generic",
            command: server.process,
            sideSuffix: server.secondPidFile,
            sideHolds: server.secondIsNew ? .new : .old,
            finalStop: final,
            newStop: [final, quick]
        )
        (profile.upgrade, profile.drain, profile.revive) = (upgrade, signal(server.drain), signal(server.revive))
        // What a second telling would do is not known.
        profile.revival = .evidence
        return profile
    }

    /// The profile of a gunicorn that calls itself this version; nil where that is no version.
    package static func gunicorn(version: String) -> HandoverProfile? {
        HandoverChoice.of(.gunicorn, version: version)?.profile
    }
}
