import TestSupport
import Testing

@testable import SSH

/// The agent protocol, byte by byte.
@Suite struct AgentMessageTests {
    private func frames(_ bytes: [UInt8], inPiecesOf size: Int) throws -> [[UInt8]] {
        var frames = AgentFrames()
        var messages: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { frames.append($0) }
            while let message = try frames.next() { messages.append(message) }
        }
        return messages
    }

    @Test func `requests are the bytes of the protocol`() {
        #expect(AgentRequest.identities.bytes == [0, 0, 0, 1, 11])
        let sign = AgentRequest.sign(blob: [1, 2], data: [3], flags: 4).bytes
        #expect(sign == [0, 0, 0, 16, 13, 0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3, 0, 0, 0, 4])
        #expect(["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa", "ssh-ed25519"].map(AgentRequest.flags) == [2, 4, 0, 0])
    }

    @Test func `answers are read from the bytes of the protocol`() {
        let list: [UInt8] = [12, 0, 0, 0, 2, 0, 0, 0, 1, 7, 0, 0, 0, 2, 104, 105, 0, 0, 0, 1, 8, 0, 0, 0, 0]
        #expect(
            AgentAnswer(list) == .identities([.init(blob: [7], comment: [104, 105]), .init(blob: [8], comment: [])])
        )
        let signature: [UInt8] = [14, 0, 0, 0, 11, 0, 0, 0, 1, 120, 0, 0, 0, 2, 5, 6]
        #expect(AgentAnswer(signature) == .signature(format: "x", bytes: [5, 6]))
        for no: UInt8 in [5, 30, 102] { #expect(AgentAnswer([no]) == .failure) }
    }

    @Test(
        arguments: [
            [], [6], [12], [12, 0, 0, 0, 1], [12, 0, 0, 0, 1, 0, 0, 0, 9, 1], [12, 255, 255, 255, 255], [14],
            [14, 0, 0, 0, 0], [14, 0, 0, 0, 4, 0, 0, 0, 9], [14, 0, 0, 0, 9, 0, 0, 0, 1, 255, 0, 0, 0, 0],
        ] as [[UInt8]]
    )
    func `what is no answer is none`(message: [UInt8]) { #expect(AgentAnswer(message) == nil) }

    @Test func `messages are cut out of any pieces`() throws {
        let stream: [UInt8] = [0, 0, 0, 1, 5, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 2, 9]
        for size in 1...stream.count {
            #expect(try frames(stream, inPiecesOf: size) == [[5], [1, 2, 3]])
        }
    }

    @Test(arguments: [[0, 0, 0, 0], [0, 4, 0, 1], [255, 255, 255, 255], Array("HTTP".utf8)] as [[UInt8]])
    func `a length that makes no sense is refused before it is waited for`(start: [UInt8]) {
        #expect(throws: AgentFrames.TooLong.self) { try frames(start, inPiecesOf: 4) }
    }

    @Test func `any bytes at all are read without harm`() {
        var random = Seeded(1)
        for _ in 0..<20_000 {
            var message = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if !message.isEmpty { message[0] = [5, 12, 14].randomElement(using: &random)! }
            // Lengths that are near the truth, so that more than the first is looked at.
            for index in stride(from: 1, to: max(1, message.count - 3), by: 4) where Bool.random(using: &random) {
                message.replaceSubrange(index..<index + 3, with: [0, 0, 0])
            }
            _ = AgentAnswer(message)
        }
    }
}
