internal import Text

/// What the logs of a service said of a new release that failed, read without believing it.
package struct HandoverEvidence: Equatable, Sendable {
    package struct Source: Equatable, Sendable {
        /// A file, or `unit NAME`.
        package let name: String
        /// Printable.
        package var lines: [String]
    }

    package let sources: [Source]

    private static let limits = (bytes: 64 << 10, sources: 20, lines: 400)

    package static func read(_ bytes: [UInt8]) -> HandoverEvidence {
        var sources: [Source] = []
        for line in bytes.prefix(limits.bytes).split(separator: 10).prefix(limits.lines) {
            let parts = line.split(separator: 32, maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch String(decoding: parts[0], as: UTF8.self) {
            case "from" where sources.count < limits.sources:
                sources.append(Source(name: Printable.sentence(parts[1], limit: 200), lines: []))
            case "line" where !sources.isEmpty:
                sources[sources.count - 1].lines.append(Printable.sentence(parts[1], limit: 500))
            default: continue
            }
        }
        return HandoverEvidence(sources: sources)
    }
}
