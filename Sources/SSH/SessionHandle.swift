import CLibSSH2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a libssh2 call came to. "Would block" is a value: the caller waits for bytes.
enum Step: Equatable {
    case done
    case wouldBlock
    case failed(code: Int32, text: String)
}

/// A libssh2 session. Frees itself; poison its wire first, or freeing may want to talk to the server.
struct SessionHandle: ~Copyable {
    let pointer: OpaquePointer

    /// `wire` must outlive the handle.
    init?(wire: Wire, library: Library, knownHostKeys: [String]) {
        let context = Unmanaged.passUnretained(wire).toOpaque()
        guard let pointer = libssh2_session_init_ex(nil, nil, nil, context) else { return nil }
        self.pointer = pointer
        Wire.attach(to: pointer)
        libssh2_session_set_blocking(pointer, 0)
        for preference in library.preferences(knownHostKeys: knownHostKeys) {
            // Only names that this version knows: 1.10 takes others out with an overlapping memcpy.
            let known = Self.supported(pointer, preference.method)
            let names = preference.names.split(separator: ",").filter { known.contains(String($0)) }
            // A list of which this version knows nothing leaves its own default.
            if !names.isEmpty {
                _ = libssh2_session_method_pref(pointer, preference.method, names.joined(separator: ","))
            }
        }
        // The shortest it knows: when one is due is the session's business, not libssh2's.
        libssh2_keepalive_config(pointer, 1, 2)
    }

    deinit { libssh2_session_free(pointer) }

    private static func supported(_ session: OpaquePointer, _ method: Int32) -> Set<String> {
        var list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let count = libssh2_session_supported_algs(session, method, &list)
        guard count > 0, let list else { return [] }
        defer { libssh2_free(session, list) }
        return Set((0..<Int(count)).compactMap { list[$0].map { String(cString: $0) } })
    }

    borrowing func step(_ code: Int32) -> Step {
        if code == 0 { return .done }
        if code == LIBSSH2_ERROR_EAGAIN { return .wouldBlock }
        return .failed(code: code, text: lastError())
    }

    borrowing func lastError() -> String {
        var text: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        libssh2_session_last_error(pointer, &text, &length, 0)
        guard let text else { return "" }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(max(0, length)))
        return String(decoding: bytes, as: UTF8.self)
    }

    borrowing func handshake(fd: Int32) -> Step { step(libssh2_session_handshake(pointer, fd)) }

    borrowing func hostKey() -> HostKey? {
        var length = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(pointer, &length, &type) else { return nil }
        return HostKey(blob: Array(UnsafeRawBufferPointer(start: bytes, count: length)))
    }

    borrowing func authenticate(user: String, with key: PrivateKey, library: Library) -> Step {
        let blob = key.offeredBlob(libraryNamesRSAMethod: library.namesRSAMethod)
        var context: UnsafeMutableRawPointer? = Unmanaged.passUnretained(key).toOpaque()
        return step(
            baton_ssh2_userauth_publickey(
                pointer,
                user,
                blob,
                blob.count,
                { _, signature, length, data, count, context in
                    let key = Unmanaged<PrivateKey>.fromOpaque(context!.pointee!).takeUnretainedValue()
                    let message = UnsafeBufferPointer(start: data, count: count)
                    guard let bytes = key.sign(message, method: SessionHandle.method(inSignedData: message)),
                        let copy = malloc(bytes.count)
                    else { return -1 }
                    // The session was made with the default allocator: libssh2 frees this with free().
                    bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
                    signature!.pointee = copy.assumingMemoryBound(to: UInt8.self)
                    length!.pointee = bytes.count
                    return 0
                },
                &context
            )
        )
    }

    /// The signature method that libssh2 wrote into what is to be signed (RFC 4252, 7): session id, message number,
    /// user, service, "publickey", true, method, key.
    private static func method(inSignedData data: UnsafeBufferPointer<UInt8>) -> String {
        var reader = WireReader(Array(data))
        _ = reader.string()
        _ = reader.byte()
        for _ in 0..<3 { _ = reader.string() }
        _ = reader.byte()
        return reader.text() ?? ""
    }

    /// A session channel; nil with `.wouldBlock` or a failure.
    borrowing func openChannel(window: UInt32) -> (OpaquePointer?, Step) {
        let channel = "session".withCString {
            libssh2_channel_open_ex(pointer, $0, 7, window, 32768, nil, 0)
        }
        if let channel { return (channel, .done) }
        let code = libssh2_session_last_errno(pointer)
        return (nil, code == 0 ? .failed(code: -1, text: "the channel was not opened") : step(code))
    }

    borrowing func startCommand(_ channel: OpaquePointer, _ command: String) -> Step {
        let count = UInt32(command.utf8.count)
        return step(libssh2_channel_process_startup(channel, "exec", 4, command, count))
    }

    borrowing func keepAlive() {
        var next: Int32 = 0
        _ = libssh2_keepalive_send(pointer, &next)
    }

    borrowing func disconnect() {
        // 11: SSH_DISCONNECT_BY_APPLICATION
        _ = libssh2_session_disconnect_ex(pointer, 11, "done", "")
    }
}
