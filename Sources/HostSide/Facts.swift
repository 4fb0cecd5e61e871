package import Shell

/// What a host is: the answer of `facts.sh`, read without believing it.
package enum Facts {
    package static var program: ReadingProgram { ReadingProgram("facts", ProgramFile.facts) }

    package struct Fact: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    /// At most as many as the program has; a hostile host cannot fill memory or invent names with control bytes.
    private static let limit = 64
    private static let valueLimit = 1024

    package static func parse(_ output: [UInt8]) -> [Fact] {
        var facts: [Fact] = []
        for line in output.split(separator: 10) where facts.count < limit {
            let parts = line.split(separator: 9, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, isName(parts[0]) else { continue }
            let name = String(decoding: parts[0], as: UTF8.self)
            if facts.contains(where: { $0.name == name }) { continue }
            facts.append(Fact(name: name, value: String(decoding: parts[1].prefix(valueLimit), as: UTF8.self)))
        }
        return facts
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= 40
            && bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
