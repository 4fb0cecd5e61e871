package import Document
import Text

/// What is wrong for hosts: the same mistake of many is told once, with their names.
package struct HostProblems: Sendable {
    private var found: [(diagnostic: Diagnostic, hosts: [String], count: Int)] = []
    private var places: [Place: [Int]] = [:]
    private var omitted = 0
    private static let named = 3

    private struct Place: Hashable {
        var source: String
        var position: Position?
        var message: String
    }

    package init() {}

    package var isEmpty: Bool { found.isEmpty }

    package mutating func add(_ error: DocumentError, host: String) {
        for diagnostic in error.diagnostics.items {
            let place = Place(source: diagnostic.sourceName, position: diagnostic.position, message: diagnostic.message)
            if let index = places[place]?.first(where: { found[$0].diagnostic == diagnostic }) {
                found[index].count += 1
                if found[index].hosts.count < HostProblems.named { found[index].hosts.append(host) }
            } else if found.count < Diagnostics.kept {
                places[place, default: []].append(found.count)
                found.append((diagnostic, [host], 1))
            } else {
                omitted += 1
            }
        }
    }

    /// In the order of their places; each says for which hosts it is.
    package var diagnostics: Diagnostics {
        var result = Diagnostics()
        for (diagnostic, hosts, count) in found.sorted(by: { HostProblems.isBefore($0.diagnostic, $1.diagnostic) }) {
            var diagnostic = diagnostic
            let names = hosts.map { Printable.line($0, limit: 80) }.joined(separator: ", ")
            let rest = count > hosts.count ? " and \(count - hosts.count) more" : ""
            diagnostic.message += " (for \(names)\(rest))"
            result.add(diagnostic)
        }
        if omitted > 0, let last = found.last?.diagnostic {
            result.add(Diagnostic("and \(omitted) more errors like these", in: last.source, at: nil))
        }
        return result
    }

    private static func isBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        (left.sourceName, left.position ?? .start) < (right.sourceName, right.position ?? .start)
    }
}
