import HostSide
package import Playbook
import Reactor
import Text

/// A directory made an archive: what a release brings where its artifact is one. Equal directories make equal archives:
/// names in their order, no owner, no mode but whether it may be run. The times of files stay as they are, since servers tell
/// browsers by them whether a file is another one.
package struct DirectoryArchive {
    private let root: String
    private let file: NewFile
    private var count = 0

    private static let mostEntries = 1_000_000
    private static let piece = 1 << 20

    /// Writes all that is in the directory to a new file. It blocks.
    package static func write(_ directory: String, to path: String) throws(ContentProblem) {
        var archive = DirectoryArchive(
            root: directory,
            file: try system { () throws(SystemError) in try NewFile(path) }
        )
        // No call within a call: however deep the directories are.
        var waiting = try archive.names(in: "")
        if waiting.isEmpty { throw ContentProblem("there is nothing in it") }
        while let name = waiting.popLast() {
            if try archive.add(name) { waiting += try archive.names(in: name) }
        }
        try archive.append(ArchiveEntry.end)
    }

    /// The last one first.
    private func names(in name: String) throws(ContentProblem) -> [String] {
        let path = name.isEmpty ? root : "\(root)/\(name)"
        let names = try Self.system { () throws(SystemError) in try Files.entries(path) }
        return names.reversed().map { name.isEmpty ? $0 : "\(name)/\($0)" }
    }

    /// Whether it is a directory, whose names come next.
    private mutating func add(_ name: String) throws(ContentProblem) -> Bool {
        count += 1
        if count > Self.mostEntries { throw ContentProblem("there are more than \(Self.mostEntries) names in it") }
        let path = "\(root)/\(name)"
        let found = try Self.system { () throws(SystemError) in try Files.entry(path) }
        var entry = ArchiveEntry(
            name: name,
            kind: .directory,
            isExecutable: found.isExecutable,
            modified: found.modified
        )
        switch found.kind {
        case .directory:
            // Adding a name to it changes nothing of what it holds.
            entry.modified = 0
            try append(entry.header)
            return true
        case .link(let target):
            entry.kind = .link(to: target)
            entry.modified = 0
            try append(entry.header)
        case .file:
            let open = try Self.system { () throws(SystemError) in try OpenFile(path) }
            entry.kind = .file(size: open.size)
            try append(entry.header)
            try copy(open, path)
        case .other:
            throw ContentProblem("\(Printable.quoted(path, limit: 300)) is neither file, directory nor link")
        }
        return false
    }

    private func copy(_ open: OpenFile, _ path: String) throws(ContentProblem) {
        var left = open.size
        while left > 0 {
            let piece = try Self.system { () throws(SystemError) in try open.read(min(left, Self.piece)) }
            if piece.isEmpty {
                throw ContentProblem("something else writes \(Printable.quoted(path, limit: 300)) at this moment")
            }
            left -= piece.count
            try append(piece)
        }
        try append(ArchiveEntry.padding(of: open.size))
    }

    private func append(_ bytes: [UInt8]) throws(ContentProblem) {
        try Self.system { () throws(SystemError) in try file.write(bytes) }
    }

    private static func system<Value>(_ body: () throws(SystemError) -> Value) throws(ContentProblem) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            throw ContentProblem(Printable.line(error.description))
        }
    }
}
