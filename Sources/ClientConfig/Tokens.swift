import Text

/// Fills in what stands behind `%` and between `${` and `}`.
struct Tokens {
    private let values: [UInt8: String]
    private let environment: (@Sendable (String) -> String?)?

    private init(_ values: [UInt8: String], environment: (@Sendable (String) -> String?)? = nil) {
        self.values = values
        self.environment = environment
    }

    /// For HostName.
    static func hostName(_ original: String) -> Tokens {
        Tokens([UInt8(ascii: "h"): original])
    }

    /// For ProxyCommand and ProxyJump.
    static func proxy(host: String, original: String, port: Int, user: String) -> Tokens {
        Tokens([
            UInt8(ascii: "h"): host,
            UInt8(ascii: "n"): original,
            UInt8(ascii: "p"): "\(port)",
            UInt8(ascii: "r"): user,
        ])
    }

    /// For paths.
    static func paths(
        host: String,
        original: String,
        port: Int,
        user: String,
        alias: String?,
        jump: String,
        _ surroundings: ConfigSurroundings
    ) -> Tokens {
        Tokens(
            [
                UInt8(ascii: "d"): surroundings.home,
                UInt8(ascii: "h"): host,
                UInt8(ascii: "i"): "\(surroundings.userID)",
                UInt8(ascii: "j"): jump,
                UInt8(ascii: "k"): alias ?? original,
                UInt8(ascii: "L"): String(surroundings.hostName.prefix { $0 != "." }),
                UInt8(ascii: "l"): surroundings.hostName,
                UInt8(ascii: "n"): original,
                UInt8(ascii: "p"): "\(port)",
                UInt8(ascii: "r"): user,
                UInt8(ascii: "u"): surroundings.user,
            ],
            environment: surroundings.environment
        )
    }

    func expand(_ template: String, at place: Place, of setting: Setting) throws(ConfigError) -> String {
        guard template.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "$") }) else {
            return template
        }
        let bytes = Array(template.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "$"), let environment, index < bytes.count, bytes[index] == UInt8(ascii: "{") {
                guard let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")), close > index + 1 else {
                    throw ConfigError("\(setting.name): ${ must be followed by a name and }", at: place)
                }
                let name = String(decoding: bytes[(index + 1)..<close], as: UTF8.self)
                guard let value = environment(name) else {
                    let message = "\(setting.name) needs the environment variable \(Printable.quoted(name))"
                    throw ConfigError(message + ", which is not set", at: place)
                }
                result += value.utf8
                index = close + 1
                continue
            }
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard index < bytes.count else { throw ConfigError("\(setting.name) ends in a lone %", at: place) }
            let key = bytes[index]
            index += 1
            if key == UInt8(ascii: "%") {
                result.append(key)
            } else if let value = values[key] {
                result += value.utf8
            } else {
                let known = values.keys.sorted().map { "%" + String(decoding: [$0], as: UTF8.self) }
                throw ConfigError(
                    "\(setting.name) knows no \(Printable.quoted("%" + String(decoding: [key], as: UTF8.self)))",
                    at: place,
                    hint: "there are %% " + known.joined(separator: " ")
                )
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
