import Reactor

/// One key on its way through libssh2's login: the signature may take its time, and libssh2 asks again until it is there.
final class KeyOffer {
    private enum State {
        case unasked
        case waiting
        case ready([UInt8])
        case failed(String)
    }

    let signer: any Signer
    private let loop: Loop
    private let whenWaiting: () -> Void
    private let whenReady: () -> Void
    private var state = State.unasked
    private(set) var wasSigned = false

    init(
        _ signer: any Signer,
        on loop: Loop,
        whenWaiting: @escaping () -> Void,
        whenReady: @escaping () -> Void
    ) {
        self.whenWaiting = whenWaiting
        self.signer = signer
        self.loop = loop
        self.whenReady = whenReady
    }

    enum Signature {
        case ready([UInt8])
        case notYet
        case failed
    }

    /// Why this side could not sign.
    var problem: String? { if case .failed(let reason) = state { reason } else { nil } }

    /// The signature, if it is there; asks for it the first time.
    func signature(of data: UnsafeBufferPointer<UInt8>) -> Signature {
        if case .unasked = state {
            state = .waiting
            // Whoever signs may answer at once: then nobody needs to be woken.
            var isInside = true
            signer.sign(Array(data), method: Self.method(in: data), on: loop) { [weak self] result in
                guard let self else { return }
                switch result {
                case .success(let bytes): state = .ready(bytes)
                case .failure(let failure): state = .failed(failure.description)
                }
                if !isInside { whenReady() }
            }
            isInside = false
            if case .waiting = state { whenWaiting() }
        }
        switch state {
        case .ready(let bytes):
            wasSigned = true
            return .ready(bytes)
        case .failed: return .failed
        case .unasked, .waiting: return .notYet
        }
    }

    /// The signature method that libssh2 wrote into what is to be signed (RFC 4252, 7): session id, message number,
    /// user, service, "publickey", true, method, key.
    private static func method(in data: UnsafeBufferPointer<UInt8>) -> String {
        var reader = WireReader(Array(data))
        _ = reader.string()
        _ = reader.byte()
        for _ in 0..<3 { _ = reader.string() }
        _ = reader.byte()
        return reader.text() ?? ""
    }
}
