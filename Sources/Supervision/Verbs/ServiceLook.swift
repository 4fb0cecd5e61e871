internal import Document
package import HostSide
internal import Text

/// One look at everything that a service is on a host.
package struct ServiceLook: Hashable, Sendable {
    package let subject: ServiceSubject
    /// Paths that a definition of this name may have, to tell whether it is Baton's.
    package var paths: [String]
    /// Where it is kept if that is beside its release; nil where the name has to do.
    package var place: String?
    package var look: Look { .script(script) }

    package init(_ subject: ServiceSubject, paths: [String] = [], place: String? = nil) {
        self.subject = subject
        self.paths = paths
        self.place = place
    }

    var script: HostScript {
        HostScript(
            libraries: ServiceLibrary.looking.map(\.library),
            parts: ServiceLibrary.lookingParts,
            call: ["baton_services_look", subject.name, subject.kind, subject.supervisor, place ?? ""] + paths
        )
    }

    /// What the host answered, read without believing it.
    package func read(_ sighting: Sighting?) throws(ServiceLookError) -> ServiceSighting {
        guard case .script(let status, let stdout, let stderr)? = sighting else {
            if case .failed(let why)? = sighting { throw ServiceLookError(description: why) }
            throw ServiceLookError(description: "\(Printable.quoted(subject.name)) was not looked at")
        }
        guard status == 0 else {
            let said = Printable.sentence(stderr, limit: 500)
            throw ServiceLookError(
                description: said.isEmpty ? "the look at \(Printable.quoted(subject.name)) ended with \(status)" : said
            )
        }
        return try Self.read(stdout)
    }

    package static func read(_ answer: [UInt8]) throws(ServiceLookError) -> ServiceSighting {
        var reader = SightingReader()
        for line in answer.split(separator: 10) {
            guard reader.take(String(decoding: line, as: UTF8.self)) else {
                let shown = Printable.sentence(line, limit: 80)
                throw ServiceLookError(description: "the host answered something that was not asked: \(shown)")
            }
        }
        return reader.sighting
    }
}

package struct ServiceLookError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Lines of `baton_services_look`, one after another.
private struct SightingReader {
    var sighting = ServiceSighting()

    private static let most = 2000

    /// False for a line that no host of good will would say.
    mutating func take(_ line: String) -> Bool {
        if line.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return false }
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1]) : ""
        switch parts[0] {
        case "supervisor": return supervisor(value)
        case "manifest":
            guard sighting.manifest == nil, let supervisor = Supervisor(rawValue: value) else { return false }
            sighting.manifest = ServiceSighting.Manifest(supervisor: supervisor, whole: "", startsAtBoot: false)
        case "whole": sighting.manifest?.whole = value
        case "boot": sighting.manifest?.startsAtBoot = value == "yes"
        case "file":
            guard sighting.manifest?.paths.count ?? 0 < Self.most else { return false }
            sighting.manifest?.paths.append(value)
        case "seconds":
            let numbers = value.split(separator: " ", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
            guard numbers.count == 3, numbers.allSatisfy({ (0...86_400).contains($0) }) else { return false }
            sighting.times = ServiceSighting.Times(start: numbers[0], stop: numbers[1], boot: numbers[2])
        case "nobody": sighting.isSupervised = false
        case "enabled":
            guard value == "yes" || value == "no" else { return false }
            sighting.isEnabled = value == "yes"
        case "member": return member(value)
        case "detail":
            guard !sighting.members.isEmpty else { return false }
            sighting.members[sighting.members.count - 1].detail = value
        case "log":
            guard !sighting.members.isEmpty else { return false }
            sighting.members[sighting.members.count - 1].log = value
        case "young":
            guard !sighting.members.isEmpty else { return false }
            sighting.members[sighting.members.count - 1].isYoung = true
        case "log_of_user":
            guard !sighting.members.isEmpty, Reading.isAccountName(value) else { return false }
            sighting.members[sighting.members.count - 1].logOwner = value
        case "foreign":
            guard sighting.foreign.count < Self.most else { return false }
            if !sighting.foreign.contains(value) { sighting.foreign.append(value) }
        case "busy": sighting.busy = value
        case "unfinished": sighting.unfinished = value
        default: return false
        }
        return true
    }

    private mutating func supervisor(_ value: String) -> Bool {
        let words = value.split(separator: " ")
        guard words.count == 2, sighting.supervisors.count < 4, let supervisor = Supervisor(rawValue: String(words[0]))
        else { return false }
        let numbers = words[1].split(separator: ".").map { Int($0.prefix { $0.isNumber && $0.isASCII }.prefix(6)) }
        guard let major = numbers.first ?? nil else { return false }
        let minor = numbers.count > 1 ? numbers[1] ?? 0 : 0
        sighting.supervisors.append(SupervisorVersion(supervisor, major, minor))
        return true
    }

    // STATE PID RESTARTS due|current|unknown UPTIME NAME, the name with whatever it holds.
    private mutating func member(_ value: String) -> Bool {
        let words = value.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
        guard words.count == 6, sighting.members.count < Self.most,
            let state = ServiceSighting.State(rawValue: String(words[0])),
            ["due", "current", "unknown"].contains(words[3]), !words[5].isEmpty
        else { return false }
        var numbers: [Int?] = []
        for word in [words[1], words[2], words[4]] {
            if word == "-" {
                numbers.append(nil)
            } else {
                guard let number = Int(word), number >= 0 else { return false }
                numbers.append(number)
            }
        }
        var member = ServiceSighting.Member(String(words[5]), state)
        (member.pid, member.restarts, member.uptime) = (numbers[0], numbers[1], numbers[2])
        member.isDue = words[3] == "unknown" ? nil : words[3] == "due"
        sighting.members.append(member)
        return true
    }
}
