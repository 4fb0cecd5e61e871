import ClientConfig
import Reactor
import TestSupport
import Testing

/// Whatever `ssh -G` makes of a configuration, Baton makes of it too.
struct ComparisonTests {
    @Test(.enabled(if: RealSSH.isThere, "there is no ssh"), arguments: ConfigCase.all)
    func `is resolved as by ssh`(one: ConfigCase) async throws {
        if one.isUsual && !RealSSH.canMount { return }
        try await withDirectory { directory in
            try one.write(to: directory)
            for call in one.calls {
                let difference = try await ComparisonTests.difference(call, one, directory)
                if let why = one.differs {
                    #expect(difference == (why.hasPrefix("Baton") ? "Baton refuses" : "ssh refuses"), "\(call)")
                } else {
                    #expect(difference == nil, "\(call)")
                }
            }
        }
    }

    /// Nil where both say the same, be it that they refuse.
    static func difference(_ call: [String], _ one: ConfigCase, _ directory: String) async throws -> String? {
        var files = ConfigFiles.only("\(directory)/config")
        var own = Disk.surroundings
        if one.isUsual {
            files = .usual(user: "\(directory)/home/.ssh/config", system: "\(directory)/system")
            // The paths that come out are those of the real home directory.
            own.home = "\(directory)/home"
        }
        var theirs: RealSSH?
        var refusal = ""
        do {
            theirs = try await RealSSH.run(call, config: one.isUsual ? nil : "\(directory)/config", in: directory)
        } catch let error as RealSSH.Refusal {
            refusal = error.text
        }
        let ours: HostSettings
        do throws(ConfigError) {
            ours = try settings(call, files, own)
        } catch {
            if theirs == nil { return nil }
            return one.differs == nil ? "Baton refuses: \(error)" : "Baton refuses"
        }
        guard let theirs else { return one.differs == nil ? "ssh refuses: \(refusal)" : "ssh refuses" }
        let plain = try await RealSSH.run(["h"], config: "none", in: directory)
        let original = call.last?.split(separator: "@").last.map(String.init) ?? ""
        let expected = theirs.fields(plain: plain, original: original)
        let found = plain.fields(of: ours).mapValues { value in
            one.isUsual
                ? value.split(separator: "\(directory)/home", omittingEmptySubsequences: false)
                    .joined(separator: Disk.surroundings.home) : value
        }
        var differences: [String] = []
        for name in Set(expected.keys).union(found.keys).sorted() where expected[name] != found[name] {
            differences.append("\(name): Baton \(found[name] ?? "nothing"), ssh \(expected[name] ?? "nothing")")
        }
        return differences.isEmpty ? nil : differences.joined(separator: "\n")
    }

    @Test func `there are many cases`() {
        #expect(ConfigCase.all.count > 120)
        #expect(ConfigCase.all.allSatisfy { !$0.calls.isEmpty })
    }
}
