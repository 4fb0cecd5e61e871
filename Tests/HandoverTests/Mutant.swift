import Handover
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A protection that is taken away to see that its test goes red: `BATON_MUTANT=NAME`, of `mutants.txt`.
struct Mutant {
    let name: String
    let from: String
    let to: String

    static let all: [Mutant] = {
        let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let text = String(decoding: (try? Files.read("\(folder)/mutants.txt")) ?? [], as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t").map(String.init)
            return fields.count == 4 ? Mutant(name: fields[0], from: fields[2], to: fields[3]) : nil
        }
    }()

    private static let chosen: Mutant? = getenv("BATON_MUTANT").flatMap { name in
        all.first { $0.name == String(cString: name) }
    }

    /// The program as it is to be tested.
    static func text(_ program: String) -> String {
        chosen.map { program.replacing($0.from, with: $0.to) } ?? program
    }
}

@Suite struct MutantTests {
    @Test func `every protection of the list is in the program`() {
        #expect(Mutant.all.count >= 20)
        for mutant in Mutant.all {
            #expect(HandoverProgram.text.contains(mutant.from), "\(mutant.name)")
        }
    }
}
