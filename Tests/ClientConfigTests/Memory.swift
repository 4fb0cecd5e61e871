import ClientConfig
import Synchronization

/// Files that are only in memory.
struct Memory {
    static let user = "/home/me/.ssh/config"
    static let system = "/etc/ssh/ssh_config"

    static let own = ConfigSurroundings(
        user: "me",
        home: "/home/me",
        userID: 1000,
        hostName: "desk.example.com",
        environment: { ["AGENT": "/run/agent"][$0] },
        homeOf: { $0 == "you" ? "/home/you" : nil }
    )

    /// Patterns are paths, or end in a star.
    static func reader(_ files: [String: [UInt8]], unusable: [String: String] = [:]) -> ConfigReader {
        ConfigReader(
            read: { path, _ in
                if let reason = unusable[path] { return .unusable(reason) }
                return files[path].map { .bytes($0) } ?? .absent
            },
            glob: { pattern in
                if pattern.hasSuffix("*") { return files.keys.filter { $0.hasPrefix(pattern.dropLast()) }.sorted() }
                return files[pattern] == nil && unusable[pattern] == nil ? [] : [pattern]
            }
        )
    }

    static func config(_ files: [String: String], unusable: [String: String] = [:]) throws(ConfigError) -> ClientConfig
    {
        try ClientConfig(
            .usual(user: user, system: system),
            surroundings: own,
            reader: reader(files.mapValues { Array($0.utf8) }, unusable: unusable)
        )
    }

    /// The settings of a host by a user's file.
    static func settings(_ text: String, _ host: String = "h", _ given: Given = Given()) throws(ConfigError)
        -> HostSettings
    {
        try config([user: text]).settings(for: host, given: given)
    }

    /// What is said where something is wrong; empty where nothing is.
    static func problems(_ text: String, _ host: String = "h", _ given: Given = Given()) -> String {
        do throws(ConfigError) {
            _ = try settings(text, host, given)
            return ""
        } catch {
            return error.description
        }
    }
}
