import CSystem
import Reactor
import TestSupport
import Testing

@testable import SSH

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a server offers, and why it cannot be agreed with.
@Suite struct KeyExchangeOfferTests {
    private static let ours: [AlgorithmCategory: [String]] = [
        .keyExchange: ["curve25519-sha256", "ecdh-sha2-nistp256"], .hostKey: ["ssh-ed25519", "ssh-rsa"],
        .cipherOut: ["aes128-ctr"], .cipherIn: ["aes128-ctr"], .macOut: ["hmac-sha2-256", "hmac-sha2-512"],
        .macIn: ["hmac-sha2-256", "hmac-sha2-512"],
    ]

    /// The bytes of a server that offers `ours`, but for `changes`.
    private func bytes(
        _ changes: [AlgorithmCategory: [String]] = [:],
        before: String = "",
        packets: [[UInt8]] = []
    ) -> [UInt8] {
        var payload: [UInt8] = [20] + [UInt8](repeating: 9, count: 16)
        for category in AlgorithmCategory.allCases {
            payload += WireFormat.string((changes[category] ?? Self.ours[category]!).joined(separator: ","))
        }
        payload += (0..<2).flatMap { _ in WireFormat.string("none") } + (0..<2).flatMap { _ in WireFormat.string("") }
        payload += [0, 0, 0, 0, 0]
        return Array("\(before)SSH-2.0-Test_1\r\n".utf8) + (packets + [payload]).flatMap(Self.packet)
    }

    private static func packet(_ payload: [UInt8]) -> [UInt8] {
        WireFormat.number(payload.count + 1 + 7) + [7] + payload + [UInt8](repeating: 0, count: 7)
    }

    private func explain(_ changes: [AlgorithmCategory: [String]], ours: [AlgorithmCategory: [String]] = ours)
        -> String?
    {
        KeyExchangeOffer(bytes(changes)).flatMap { Mismatch.explain(server: $0, ours: ours, library: "libssh2 1.10.0") }
    }

    @Test func `the lists are read from what a server says first`() throws {
        let offer = try #require(KeyExchangeOffer(bytes()))
        #expect(offer.version == "SSH-2.0-Test_1")
        #expect(offer.names == Self.ours)
        #expect(KeyExchangeOffer(bytes() + [1, 2, 3]) == offer)
        #expect(KeyExchangeOffer(bytes(before: "Hello\r\nand welcome\n")) == offer)
        #expect(KeyExchangeOffer(bytes(packets: [[2, 0, 0, 0, 0], [4, 0]])) == offer)
    }

    @Test func `what is cut off, too long or something else is no offer`() {
        let whole = bytes(before: "Hello\n")
        for count in 0..<whole.count { #expect(KeyExchangeOffer(Array(whole[..<count])) == nil, "\(count)") }
        #expect(KeyExchangeOffer(bytes(packets: [[1, 0, 0, 0, 2]])) == nil)
        #expect(KeyExchangeOffer(bytes(packets: Array(repeating: [2], count: 4))) == nil)
        #expect(KeyExchangeOffer(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) == nil)
        #expect(KeyExchangeOffer(Array("SSH-2.0-x\n".utf8) + [0, 0, 0, 1, 0, 20]) == nil)
        #expect(KeyExchangeOffer(Array("SSH-2.0-x\n".utf8) + [0, 0, 0, 5, 255, 20, 0, 0, 0]) == nil)
        #expect(KeyExchangeOffer([UInt8](repeating: 10, count: 200_000)) == nil)
        #expect(KeyExchangeOffer(bytes(before: String(repeating: "x\n", count: 40_000))) == nil)
    }

    @Test func `any bytes at all are read without harm`() {
        var random = Seeded(7)
        let whole = bytes()
        for _ in 0..<5000 {
            var changed = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let offer = KeyExchangeOffer(changed) {
                _ = Mismatch.explain(server: offer, ours: Self.ours, library: "us")
            }
        }
    }

    @Test func `the first thing that is not in common is named`() {
        #expect(explain([:]) == nil)
        #expect(
            explain([
                .keyExchange: ["sntrup761x25519-sha512@openssh.com", "ext-info-s", "kex-strict-s-v00@openssh.com"]
            ])
                == "no common key exchange method: the server offers sntrup761x25519-sha512@openssh.com; "
                + "libssh2 1.10.0 can curve25519-sha256, ecdh-sha2-nistp256"
        )
        #expect(
            explain([.hostKey: ["rsa-sha2-512", "rsa-sha2-256"], .macIn: ["x"]])
                == "no common type of host key: the server offers rsa-sha2-512, rsa-sha2-256; "
                + "libssh2 1.10.0 can ssh-ed25519, ssh-rsa"
        )
        let etm = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]
        #expect(
            explain([.macOut: etm, .macIn: etm])
                == "no common MAC: the server offers hmac-sha2-256-etm@openssh.com, hmac-sha2-512-etm@openssh.com; "
                + "libssh2 1.10.0 can hmac-sha2-256, hmac-sha2-512"
        )
        #expect(
            explain([.cipherOut: []])?.hasPrefix(
                "no common cipher for what is sent to the server: the server offers none;"
            ) == true
        )
        #expect(
            explain([.cipherIn: ["a"]])?.hasPrefix("no common cipher for what the server sends: the server offers a;")
                == true
        )
        #expect(explain([.macIn: ["a"]])?.hasPrefix("no common MAC for what the server sends:") == true)
    }

    @Test func `signs of what a side understands are no algorithms`() {
        let sign = ["ext-info-c", "kex-strict-c-v00@openssh.com"]
        var ours = Self.ours
        ours[.keyExchange] = sign
        #expect(
            explain([.keyExchange: sign], ours: ours)
                == "no common key exchange method: the server offers none; libssh2 1.10.0 can none"
        )
    }

    @Test func `a cipher that proves its messages needs no MAC`() {
        let ciphers = ["aes256-gcm@openssh.com", "aes128-ctr"]
        var ours = Self.ours
        (ours[.cipherOut], ours[.cipherIn]) = (ciphers, ciphers)
        #expect(explain([.cipherOut: ciphers, .cipherIn: ciphers, .macOut: ["x"], .macIn: ["x"]], ours: ours) == nil)
        // The client's own order decides.
        (ours[.cipherOut], ours[.cipherIn]) = (ciphers.reversed(), ciphers.reversed())
        #expect(explain([.cipherOut: ciphers, .cipherIn: ciphers, .macOut: ["x"], .macIn: ["x"]], ours: ours) != nil)
    }

    @Test func `long lists are shortened, and names are made printable`() {
        let many = (1...20).map { "name\($0)" }
        #expect(explain([.hostKey: many])?.contains("name6 and 14 more;") == true)
        let sentence = explain([.hostKey: ["a\u{1b}[31m", String(repeating: "y", count: 3000)]])
        #expect(sentence?.contains("a\\x1b[31m, \(String(repeating: "y", count: 64))...;") == true)
    }

    @Test func `a real server that is too strict is explained`() async throws {
        let cases = [
            ("MACs hmac-sha2-512-etm@openssh.com", "no common MAC: the server offers hmac-sha2-512-etm@openssh.com;"),
            (
                "Ciphers chacha20-poly1305@openssh.com",
                "no common cipher: the server offers chacha20-poly1305@openssh.com;"
            ),
            (
                "KexAlgorithms sntrup761x25519-sha512@openssh.com",
                "no common key exchange method: the server offers sntrup"
            ),
            ("", ""),
        ]
        for (setting, start) in cases {
            // On libssh2 1.11, GCM before all others would hide the missing MAC.
            try await withServer(setting + "\nCiphers aes128-ctr,chacha20-poly1305@openssh.com") { server in
                let address = try await server.loop.resolve("127.0.0.1", port: server.port)[0]
                let greeting = try Greeting(address, on: server.loop)
                let offer = try #require(await greeting.offer())
                let library = try Library()
                let name = "libssh2 \(library.version)"
                let sentence = Mismatch.explain(server: offer, ours: library.offered(), library: name)
                let kind = try await server.failureToOpen()?.kind
                // libssh2 fails where there is a reason, and only there.
                #expect((sentence != nil) == (kind == .negotiation), "\(setting): \(sentence ?? "no reason")")
                if library.number < 0x010b00 {
                    #expect(sentence?.hasPrefix(start) ?? start.isEmpty, "\(setting): \(sentence ?? "no reason")")
                }
            }
        }
    }

    @Test func `what the library offers is what it is asked for`() throws {
        let offered = try Library().offered(knownHostKeys: ["ecdsa-sha2-nistp384"])
        #expect(offered[.hostKey]?.first == "ecdsa-sha2-nistp384")
        #expect(offered[.keyExchange]?.first == "curve25519-sha256")
        #expect(offered[.macOut] == offered[.macIn])
        for names in offered.values {
            #expect(!names.isEmpty && !names.contains { $0.contains("cbc") || $0.hasSuffix("sha1") })
        }
    }
}

/// Says who it is and collects what the server says first.
private final class Greeting: Handler {
    private let loop: Loop
    private let fd: Int32
    private var registration: Registration?
    private var bytes: [UInt8] = []
    private var continuation: CheckedContinuation<KeyExchangeOffer?, Never>?

    init(_ address: SocketAddress, on loop: Loop) throws {
        self.loop = loop
        fd = try SystemError.check(address.startConnecting(), "connect")
        registration = try loop.register(fd, .write, self)
    }

    func offer() async -> KeyExchangeOffer? { await withCheckedContinuation { continuation = $0 } }

    func ready(_ readiness: Readiness) {
        if readiness.contains(.write), bytes.isEmpty {
            let line = Array("SSH-2.0-Test\r\n".utf8)
            _ = baton_send(fd, line, line.count)
            try? loop.update(registration!, .read)
        }
        let count = baton_receive(fd, loop.scratch.baseAddress, loop.scratch.count)
        if count == -Int(EAGAIN) { return }
        if count > 0 { bytes += loop.scratch.prefix(count) }
        let offer = KeyExchangeOffer(Array(bytes.prefix(KeyExchangeOffer.usefulBytes)))
        guard offer != nil || count <= 0 else { return }
        loop.unregister(registration!)
        close(fd)
        continuation?.resume(returning: offer)
    }
}
