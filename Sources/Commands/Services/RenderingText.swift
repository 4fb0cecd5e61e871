import Events
import Report
import Supervision

/// A rendering as `baton render` prints it.
enum RenderingText {
    static let schema = "baton.rendering/1"

    /// Each file behind a line that says where it goes.
    static func text(_ rendering: Rendering) -> String {
        var blocks: [String] = []
        for directory in rendering.directories {
            blocks.append("==> \(directory.path)/  \(mode(directory.mode)) \(owner(directory.owner))\n")
        }
        for link in rendering.links { blocks.append("==> \(link.path) -> \(link.target)\n") }
        for file in rendering.files {
            if file.isBirth {
                let note = "the sum of what its process is born with"
                blocks.append("\n==> \(file.path)  \(mode(file.mode)) \(owner(file.owner))  \(note)\n")
                continue
            }
            var notes = ""
            if file.isSecret { notes += "  secret: it has placeholders here" }
            if file.isKept { notes += "  only where there is none" }
            blocks.append(
                "\n==> \(file.path)  \(mode(file.mode)) \(owner(file.owner))\(notes)\n" + Screen.block(file.content)
            )
        }
        return blocks.joined()
    }

    static func json(_ rendering: Rendering, of service: String) -> JSON {
        .members([
            "schema": .string(schema), "service": .string(service),
            "supervisor": .string(rendering.supervisor.supervisor.rawValue),
            "version": .string("\(rendering.supervisor.major).\(rendering.supervisor.minor)"),
            "whole": .string(rendering.whole), "members": .array(rendering.members.map { .string($0) }),
            "directories": .array(
                rendering.directories.map { directory in
                    .members([
                        "path": .string(directory.path), "mode": .string(mode(directory.mode)),
                        "user": .string(directory.owner.user), "group": directory.owner.group.map { .string($0) },
                    ])
                }
            ),
            "files": .array(
                rendering.files.map { file in
                    .members([
                        "path": .string(file.path), "mode": .string(mode(file.mode)),
                        "user": .string(file.owner.user), "group": file.owner.group.map { .string($0) },
                        "secret": .bool(file.isSecret), "kept": .bool(file.isKept),
                        "content": file.isBirth ? nil : .string(file.content),
                    ])
                }
            ),
            "links": .array(
                rendering.links.map { .members(["path": .string($0.path), "target": .string($0.target)]) }
            ),
        ])
    }

    private static func mode(_ mode: UInt16) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func owner(_ owner: Rendering.Owner) -> String {
        owner == .installer ? "whoever deploys" : owner.user + ":" + (owner.group ?? "")
    }
}
