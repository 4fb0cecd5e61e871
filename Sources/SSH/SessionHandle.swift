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
    init?(wire: Wire, _ preferences: [Library.Preference]) {
        let context = Unmanaged.passUnretained(wire).toOpaque()
        guard let pointer = libssh2_session_init_ex(nil, nil, nil, context) else { return nil }
        self.pointer = pointer
        Wire.attach(to: pointer)
        libssh2_session_set_blocking(pointer, 0)
        for preference in preferences {
            _ = libssh2_session_method_pref(pointer, preference.method, preference.names.joined(separator: ","))
        }
        // The shortest it knows: when one is due is the session's business, not libssh2's.
        libssh2_keepalive_config(pointer, 1, 2)
    }

    deinit { libssh2_session_free(pointer) }

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

    borrowing func authenticate(user: String, offering offer: KeyOffer, library: Library) -> Step {
        let blob = offer.signer.offeredBlob(libraryNamesRSAMethod: library.namesRSAMethod)
        var context: UnsafeMutableRawPointer? = Unmanaged.passUnretained(offer).toOpaque()
        return step(
            baton_ssh2_userauth_publickey(
                pointer,
                user,
                blob,
                blob.count,
                { _, signature, length, data, count, context in
                    let offer = Unmanaged<KeyOffer>.fromOpaque(context!.pointee!).takeUnretainedValue()
                    switch offer.signature(of: UnsafeBufferPointer(start: data, count: count)) {
                    case .notYet: return LIBSSH2_ERROR_EAGAIN
                    case .failed: return -1
                    case .ready(let bytes):
                        // The session was made with the default allocator: libssh2 frees this with free().
                        guard let copy = malloc(bytes.count) else { return -1 }
                        bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
                        signature!.pointee = copy.assumingMemoryBound(to: UInt8.self)
                        length!.pointee = bytes.count
                        return 0
                    }
                },
                &context
            )
        )
    }

    borrowing func authenticate(user: String, password: String) -> Step {
        let (userCount, count) = (UInt32(user.utf8.count), UInt32(password.utf8.count))
        return step(libssh2_userauth_password_ex(pointer, user, userCount, password, count, nil))
    }

    /// `wire` is what libssh2 hands to the callback; it carries the answers there.
    borrowing func authenticate(user: String, answering answers: PromptAnswers, _ wire: Wire) -> Step {
        wire.answers = answers
        defer { wire.answers = nil }
        return step(
            libssh2_userauth_keyboard_interactive_ex(pointer, user, UInt32(user.utf8.count)) {
                _,
                _,
                _,
                _,
                count,
                prompts,
                responses,
                context in
                guard let prompts, let responses, let context = context?.pointee, count > 0 else { return }
                let wire = Unmanaged<Wire>.fromOpaque(context).takeUnretainedValue()
                let questions = (0..<Int(count)).map { index in
                    let prompt = prompts[index]
                    let text = UnsafeRawBufferPointer(
                        start: UnsafeRawPointer(prompt.text),
                        count: prompt.text == nil ? 0 : Int(prompt.length)
                    )
                    return (text: Array(text.prefix(1024)), isShown: prompt.echo != 0)
                }
                guard let given = wire.answers?.answers(to: questions) else { return }
                for (index, answer) in given.enumerated() {
                    // libssh2 frees this with free(), as above.
                    guard let copy = malloc(max(1, answer.count)) else { return }
                    answer.withUnsafeBytes { bytes in
                        if let base = bytes.baseAddress { copy.copyMemory(from: base, byteCount: bytes.count) }
                    }
                    responses[index].text = copy.assumingMemoryBound(to: CChar.self)
                    responses[index].length = UInt32(answer.count)
                }
            }
        )
    }

    /// What the server accepts; nil with `.done` if it let the user in at the question.
    borrowing func loginMethods(user: String) -> ([String]?, Step) {
        if let list = libssh2_userauth_list(pointer, user, UInt32(user.utf8.count)) {
            let names = String(
                decoding: UnsafeBufferPointer(start: list, count: strlen(list)).prefix(1024).map {
                    UInt8(bitPattern: $0)
                },
                as: UTF8.self
            )
            return (names.split(separator: ",").map(String.init), .done)
        }
        if libssh2_userauth_authenticated(pointer) != 0 { return (nil, .done) }
        let code = libssh2_session_last_errno(pointer)
        return (nil, code == 0 ? .failed(code: -1, text: "the server does not say how to log in") : step(code))
    }

    /// A channel; nil with `.wouldBlock` or a failure.
    borrowing func openChannel(_ kind: Channel.Kind, window: UInt32) -> (OpaquePointer?, Step) {
        let channel: OpaquePointer?
        switch kind {
        case .command: channel = libssh2_channel_open_ex(pointer, "session", 7, window, 32768, nil, 0)
        case .tunnel(let type, let message):
            let length = UInt32(type.utf8.count)
            channel = message.withUnsafeBytes {
                let bytes = $0.baseAddress?.assumingMemoryBound(to: CChar.self)
                return libssh2_channel_open_ex(pointer, type, length, window, 32768, bytes, UInt32($0.count))
            }
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
