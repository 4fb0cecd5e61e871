import Reactor
import SSH

/// Writes host keys that were accepted where OpenSSH will find them too.
struct KnownHostsBook {
    /// Why some of them are not remembered; nil if all is well.
    func remember(_ keys: [(target: Target, key: HostKey)]) -> String? {
        var byFile: [(place: Target.Remembering, lines: [(name: String, key: HostKey)])] = []
        for (target, key) in keys {
            guard let place = target.remembers else { continue }
            if let index = byFile.firstIndex(where: { $0.place == place }) {
                byFile[index].lines.append((target.knownAs, key))
            } else {
                byFile.append((place, [(target.knownAs, key)]))
            }
        }
        var problems: [String] = []
        for entry in byFile {
            do throws(SystemError) {
                try append(entry.lines, to: entry.place)
            } catch {
                problems.append("\(error)")
            }
        }
        return problems.isEmpty ? nil : "the new host keys are not remembered: \(problems.joined(separator: "; "))"
    }

    private func append(_ keys: [(name: String, key: HostKey)], to place: Target.Remembering) throws(SystemError) {
        if let slash = place.file.lastIndex(of: "/"), slash != place.file.startIndex {
            try Files.makeDirectory(String(place.file[..<slash]), mode: 0o700)
        }
        let existing = Files.exists(place.file) ? try Files.read(place.file) : []
        let lines = KnownHosts.newLines(for: keys, existing: existing, hashed: place.isHashed)
        if !lines.isEmpty { try Files.append(lines, to: place.file) }
    }
}
