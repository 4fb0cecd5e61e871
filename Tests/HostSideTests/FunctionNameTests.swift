import Testing

@testable import HostSide

/// All files of functions may meet in one program: there a second function of a name would replace the first.
@Suite struct FunctionNameTests {
    private static func functions(in source: String) -> [String] {
        source.split(separator: "\n").compactMap { line in
            guard let end = line.firstRange(of: "() {"), !line.hasPrefix(" "), !line.hasPrefix("#") else { return nil }
            return String(line[..<end.lowerBound])
        }
    }

    @Test func `every function has a name of its own, of Baton's`() {
        var owners: [String: [String]] = [:]
        let files =
            HostLibrary.allCases.map { ("\($0)", $0.source) } + [("checks", CheckProgram.library)]
            + ReleaseLibrary.allCases.map { ("releases \($0)", $0.source) }
        for (file, source) in files {
            let functions = Self.functions(in: source)
            #expect(!functions.isEmpty, "\(file)")
            for function in functions { owners[function, default: []].append(file) }
        }
        for (function, files) in owners {
            #expect(files.count == 1, "\(function) is in \(files.joined(separator: " and "))")
            #expect(function.hasPrefix("baton_"), "\(function) in \(files[0]) may be a user's")
        }
    }
}
