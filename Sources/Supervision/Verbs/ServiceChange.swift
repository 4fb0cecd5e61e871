package import HostSide
internal import Shell

/// A definition that is to be on a host, with what the service is to be then.
package struct ServiceChange: Equatable, Sendable {
    package var service: String
    package var rendering: Rendering
    /// How paths of the rendering were seen. What was not looked at is not held to anything.
    package var expected: [Expectation]
    package var state: WantedState
    /// Whether it starts at boot; nil is as the definition says.
    package var isEnabled: Bool?
    /// A definition that Baton did not write may be replaced.
    package var adopts: Bool

    package init(
        service: String,
        rendering: Rendering,
        expected: [Expectation],
        state: WantedState = .started,
        isEnabled: Bool? = nil,
        adopts: Bool = false
    ) {
        self.service = service
        self.rendering = rendering
        self.expected = expected
        self.state = state
        self.isEnabled = isEnabled
        self.adopts = adopts
    }

    /// `text` is read behind the definition: tests put other places and supervisors there.
    package func script(_ text: String = "") -> HostScript {
        Procedure.script(service, title: "apply", place: rendering.place, text: definition + text, call: call)
    }

    var call: [String] {
        let boot = isEnabled.map { $0 ? "yes" : "no" } ?? ""
        return ["baton_service_apply", service, state.rawValue, boot, adopts ? "yes" : ""]
    }

    /// Each directory, file and link with how it is to be: a function that is called for every pass over them.
    var definition: String {
        var prints: [String: String] = [:]
        for expected in expected { prints[expected.path] = expected.fingerprint }
        var lines = ["b_for=\(rendering.supervisor.supervisor.rawValue)", "b_definition() {"]
        for directory in rendering.directories {
            lines.append(item("directory", directory.path, octal(directory.mode), owner(directory.owner)))
        }
        for file in rendering.files {
            let kind = file.isKept ? "kept" : file.isBirth ? "birth" : file.isSecret ? "secret" : ""
            let sum = Checksum.sha256(Array(file.content.utf8))
            lines.append("b_content=\(Quoting.word(file.content))")
            lines.append(
                item("file", file.path, octal(file.mode), owner(file.owner), sum, prints[file.path] ?? "", kind)
            )
        }
        for link in rendering.links { lines.append(item("link", link.path, link.target, prints[link.path] ?? "")) }
        // An empty function is none.
        lines += [":", "}", ""]
        return lines.joined(separator: "\n")
    }

    private func item(_ words: String...) -> String { "baton_item " + Quoting.line(words) }

    private func octal(_ mode: UInt16) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// With the colon, chown takes the user's own group where there is no other.
    private func owner(_ owner: Rendering.Owner) -> String {
        owner == .installer ? "" : "\(owner.user):\(owner.group ?? "")"
    }
}
