import Document
import Playbook
import Reactor

/// A playbook as a file: what the user called it, and where it is.
struct PlaybookFile {
    let shown: String
    let path: String

    init(_ shown: String, _ context: Context) {
        self.shown = shown
        path = context.path(shown)
    }

    var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

    /// As it is called wherever the project lies.
    func name(below root: String) -> String {
        path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
    }

    /// Nil where it cannot be read at all.
    func read(_ problems: inout Diagnostics) -> Playbook? {
        do throws(SystemError) {
            let source = SourceText(name: shown, bytes: try Files.read(path))
            return Playbook.parse(source, diagnostics: &problems)
        } catch {
            let reason = "cannot be read: \(error.reason)"
            problems.add(Diagnostic(reason, in: SourceText(name: shown, text: ""), at: nil))
            return nil
        }
    }
}

/// Files of the project, as playbooks read them.
enum ProjectFiles {
    /// They are kept in memory, once for all hosts.
    private static let mostBytes = 512 << 20

    static func read(_ path: String) throws(ContentProblem) -> [UInt8] {
        if Files.isDirectory(path) { throw ContentProblem(directory: path) }
        if !Files.exists(path) { throw ContentProblem("it is not there", isMissing: true) }
        do throws(SystemError) {
            return try Files.read(path, limit: mostBytes, regularOnly: true)
        } catch {
            throw ContentProblem(error.reason)
        }
    }
}
