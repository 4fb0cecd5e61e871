/// Files of variables that systemd reads and a shell can source: both undo the same four escapes between double quotes.
enum EnvironmentFile {
    /// What the kernel takes as one string, with room for the name.
    static let longestValue = 130_000

    static func text(_ variables: [EnvironmentVariable]) -> String {
        "# \(Rendering.mark)\n" + variables.map { "\($0.name)=\(quoted($0.value))\n" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if "\"\\$`".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}

extension ServiceDefinition {
    /// The file of an instance's secrets, or of all where they are the same.
    func secretsFile(of instance: ServiceInstance) -> String? {
        if instance.secrets.isEmpty { return nil }
        return sharesSecrets ? "\(folder)/secrets" : "\(folder)/secrets-\(instance.number)"
    }

    var sharesSecrets: Bool { instances.allSatisfy { $0.secrets == instances[0].secrets } }

    /// `reader` is who opens the files: root, or the service itself.
    func addSecrets(to rendering: inout Rendering, reader: Rendering.Owner) {
        for instance in sharesSecrets ? Array(instances.prefix(1)) : instances {
            guard let path = secretsFile(of: instance) else { continue }
            let text = EnvironmentFile.text(instance.secrets)
            rendering.files.append(
                Rendering.File(path: path, mode: 0o600, owner: reader, content: text, isSecret: true)
            )
        }
    }

    /// Who the service is.
    var owner: Rendering.Owner { Rendering.Owner(user: user, group: group) }

    // MARK: What instances have in common

    var commonEnvironment: [EnvironmentVariable] {
        instances[0].environment.filter { variable in instances.allSatisfy { $0.environment.contains(variable) } }
    }

    func ownEnvironment(of instance: ServiceInstance) -> [EnvironmentVariable] {
        let common = Set(commonEnvironment)
        return instance.environment.filter { !common.contains($0) }
    }

    var commonDirectory: String? { common(\.directory) }
    var commonCommand: [String]? { common(\.command) }

    private func common<Part: Equatable>(_ part: KeyPath<ServiceInstance, Part>) -> Part? {
        let first = instances[0][keyPath: part]
        return instances.allSatisfy { $0[keyPath: part] == first } ? first : nil
    }
}
