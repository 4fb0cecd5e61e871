package import Document
import Text

/// What a file says for one service or release, by key; `restart.limit` for the keys of a key. Templates are still
/// templates.
struct Settings: Sendable {
    private var values: [String: Value] = [:]
    let origin: Origin

    init(origin: Origin) { self.origin = origin }

    subscript(_ path: String) -> Value? {
        get { values[path] }
        set { values[path] = newValue }
    }

    var origins: [String: Origin] { values.mapValues(\.origin) }

    func has(_ path: String) -> Bool { values[path] != nil }
}

/// A service as it is written.
package struct ServiceDeclaration: Sendable {
    package let name: String
    let settings: Settings
    package let files: [FileDeclaration]

    package var origin: Origin { settings.origin }
    /// The release it names, which may stand in another file.
    package var release: (name: String, origin: Origin)? {
        guard let value = settings["release"], !value.isInPlay,
            let name = Reading(key: "release", value: value, isWritten: true).plainText
        else { return nil }
        return (name, value.origin)
    }
}

/// A release as it is written.
package struct ReleaseDeclaration: Sendable {
    package let name: String
    let settings: Settings

    package var origin: Origin { settings.origin }
    /// Where it is said what it is made of.
    package var artifactOrigin: Origin { settings["artifact"]?.origin ?? settings.origin }
}

/// One of a service's files as it is written.
package struct FileDeclaration: Sendable {
    let settings: Settings
}
