/// Paths on hosts, as playbooks write them.
package enum PathText {
    package struct Problem: Error {
        package var message: String
        package var hint: String?
    }

    /// Absolute, without what says nothing: `//`, `/./`, a slash at the end.
    package static func normalized(_ text: String) -> Result<String, Problem> {
        guard text.utf8.first == UInt8(ascii: "/") else {
            return .failure(Problem(message: "must be an absolute path", hint: "it starts with \"/\""))
        }
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return .failure(Problem(message: "contains a control character"))
        }
        let parts = text.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
            .filter { $0 != "." }
        if parts.contains("..") {
            return .failure(Problem(message: "contains \"..\"", hint: "write the path without going back"))
        }
        if parts.isEmpty { return .failure(Problem(message: "is the root of the file system")) }
        if text.utf8.count > 4000 || parts.contains(where: { $0.utf8.count > 255 }) {
            return .failure(Problem(message: "is too long for a path"))
        }
        return .success("/" + parts.joined(separator: "/"))
    }

    package static func depth(_ path: String) -> Int { path.utf8.split(separator: UInt8(ascii: "/")).count }
}
