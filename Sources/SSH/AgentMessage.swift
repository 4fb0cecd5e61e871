/// What is asked of an ssh-agent (draft-ietf-sshm-ssh-agent), as bytes.
enum AgentRequest: Equatable {
    case identities
    /// `flags` choose the hash for RSA keys: 2 is SHA-256, 4 is SHA-512.
    case sign(blob: [UInt8], data: [UInt8], flags: Int)

    static func flags(forMethod method: String) -> Int {
        switch method {
        case "rsa-sha2-256": 2
        case "rsa-sha2-512": 4
        default: 0
        }
    }

    /// The message with its length in front.
    var bytes: [UInt8] {
        switch self {
        case .identities: WireFormat.string([11])
        case .sign(let blob, let data, let flags):
            WireFormat.string([13] + WireFormat.string(blob) + WireFormat.string(data) + WireFormat.number(flags))
        }
    }
}

/// What an agent answers. Nothing of it is believed beyond its form.
enum AgentAnswer: Equatable {
    struct Identity: Equatable {
        let blob: [UInt8]
        let comment: [UInt8]
    }

    case identities([Identity])
    case signature(format: String, bytes: [UInt8])
    /// The agent's plain no: locked, declined, or it does not have the key.
    case failure

    /// OpenSSH's agent holds no more.
    private static let maximumIdentities: UInt32 = 2048

    /// Nil if the message is none of these.
    init?(_ message: [UInt8]) {
        var reader = WireReader(message)
        switch reader.byte() {
        // 30 and 102 are what older and commercial agents say.
        case 5, 30, 102: self = .failure
        case 12:
            guard let count = reader.number(), count <= Self.maximumIdentities else { return nil }
            var list: [Identity] = []
            for _ in 0..<count {
                guard let blob = reader.string(), let comment = reader.string() else { return nil }
                list.append(Identity(blob: blob, comment: comment))
            }
            self = .identities(list)
        case 14:
            guard let whole = reader.string() else { return nil }
            var inner = WireReader(whole)
            guard let format = inner.text(), let bytes = inner.string(), !bytes.isEmpty else { return nil }
            self = .signature(format: format, bytes: bytes)
        default: return nil
        }
    }
}

/// Cuts what comes from an agent into messages.
struct AgentFrames {
    /// Far above any answer that makes sense, far below what hurts; OpenSSH's own bound.
    static let limit = 256 * 1024

    struct TooLong: Error, Equatable { let count: UInt32 }

    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ new: UnsafeRawBufferPointer) { bytes.append(contentsOf: new) }

    /// The next whole message, or nil until more has come.
    mutating func next() throws(TooLong) -> [UInt8]? {
        let there = bytes.count - start
        guard there >= 4 else { return nil }
        let count = bytes[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        // Refused by its announcement, before anything of it is kept.
        guard count >= 1, count <= Self.limit else { throw TooLong(count: count) }
        guard there >= 4 + Int(count) else {
            bytes.removeFirst(start)
            start = 0
            return nil
        }
        defer {
            start += 4 + Int(count)
            if start == bytes.count {
                bytes.removeAll(keepingCapacity: true)
                start = 0
            }
        }
        return Array(bytes[start + 4..<start + 4 + Int(count)])
    }
}
