import Handover
import Testing

/// What a host has written is read, and not believed.
@Suite struct ReadingTests {
    private static let verdict = """
        undone 0123abcd 11-22.5 4711 undone
        because the new master 17 has ended
        serves old
        old 100.1 yes 2
        new 17.3 no 0
        touched yes
        probes 12 3

        """

    @Test func `a verdict`() throws {
        let verdict = try #require(HandoverVerdict.read(Array(Self.verdict.utf8), nonce: "0123abcd"))
        #expect(verdict.outcome == .undone && verdict.serves == .old && verdict.touched)
        #expect(verdict.because == "the new master 17 has ended")
        #expect(verdict.probes == 12 && verdict.badProbes == 3 && verdict.back == nil)
    }

    @Test func `a verdict of an older host says less`() throws {
        let old = try #require(HandoverVerdict.read(Array(Self.verdict.utf8), nonce: "0123abcd"))
        #expect(old.worst == nil && old.kept == nil && old.said == nil)
        #expect(old.probing == "3 of 12 probes failed")
        let more = Self.verdict + "latency 30\nasked 1928 0 41\nkept 1200 0 2 7\nsaid KeyError: \u{1b}[2J x\n"
        let verdict = try #require(HandoverVerdict.read(Array(more.utf8), nonce: "0123abcd"))
        #expect(
            verdict.probing
                == "3 of 1,940 probes failed, worst 41 ms; 0 of 1,200 on kept connections, worst 7 ms, 2 cut while idle"
        )
        #expect(verdict.said == #"KeyError: \x1b[2J x"#, "\(verdict)")
        // Numbers that nobody counted.
        let wild = Self.verdict + "asked -1 -1 -1\nlatency -5\nkept 7 -1 0 9\n"
        let read = try #require(HandoverVerdict.read(Array(wild.utf8), nonce: "0123abcd"))
        #expect(read.probes == 12 && read.worst == nil && read.kept == nil)
    }

    @Test func `evidence is read within bounds, and cannot move a terminal`() {
        let text = "line early\nfrom /var/log/x\u{1b}\nline a\u{1b}[2J\nother x\nfrom unit web.service\n"
        let evidence = HandoverEvidence.read(Array(text.utf8))
        #expect(evidence.sources.count == 2 && evidence.sources[0].lines.count == 1)
        #expect(evidence.sources[0].name == #"/var/log/x\x1b"# && evidence.sources[0].lines == [#"a\x1b[2J"#])
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        #expect(HandoverEvidence.read(bytes).sources.count <= 20)
        let many = HandoverEvidence.read(Array(("from x\n" + String(repeating: "line y\n", count: 9000)).utf8))
        #expect(many.sources[0].lines.count < 400)
    }

    @Test func `a verdict of another attempt is none`() {
        for nonce in ["0123abce", "0123abc", "0123abcd1", ""] {
            #expect(HandoverVerdict.read(Array(Self.verdict.utf8), nonce: nonce) == nil || nonce.isEmpty && false)
        }
    }

    @Test func `half a verdict is none`() {
        let bytes = Array(Self.verdict.utf8)
        for count in [0, 1, 10, bytes.count - 1] {
            #expect(HandoverVerdict.read(Array(bytes.prefix(count)), nonce: "0123abcd") == nil)
        }
        #expect(HandoverVerdict.read(bytes + [UInt8](repeating: 10, count: 1 << 17), nonce: "0123abcd") == nil)
    }

    @Test func `what it says cannot move a terminal`() throws {
        let text = Self.verdict.replacing("has ended", with: "has \u{1b}[2J ended")
        let verdict = try #require(HandoverVerdict.read(Array(text.utf8), nonce: "0123abcd"))
        #expect(!verdict.because.contains("\u{1b}"))
    }

    @Test func `a status, with and without a verdict`() throws {
        let head = "token firing\nguard 12.3\nconductor none\nstate reviving 4711 solo 0 2\nlease 1 2 3 4\n"
        let status = try #require(HandoverStatus.read(Array(head.utf8), nonce: "0123abcd"))
        #expect(status.token == .firing && status.hasGuard && !status.hasConductor)
        #expect(status.state == .reviving && status.verdict == nil)
        let whole = try #require(HandoverStatus.read(Array((head + "verdict " + Self.verdict).utf8), nonce: "0123abcd"))
        #expect(whole.verdict?.outcome == .undone && whole.state == .reviving)
        // Nothing of a verdict can speak for the host's own lines.
        let forged = "verdict undone 0123abcd x\ntoken committed\nguard 1.1\nconductor 1.1\n"
        #expect(HandoverStatus.read(Array(forged.utf8), nonce: "0123abcd") == nil)
        #expect(HandoverStatus.read([], nonce: "0123abcd") == nil)
    }

    @Test func `a journal`() {
        let text = "100 11-22.5 state armed one\n110 11-22.5 sent upgrade USR2 100.1\nbroken\n-1 x y z\n120 11-22.5 sta"
        let journal = HandoverJournal.read(Array(text.utf8))
        #expect(journal.states == ["armed"] && journal.sent == ["upgrade USR2 100.1"])
        #expect(journal.broken == 2 && journal.entries.count == 3)
    }

    @Test func `a journal of anything is read within bounds`() {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let journal = HandoverJournal.read(bytes)
        #expect(journal.entries.count + journal.broken <= 5000)
        let line = Array("1 b word ".utf8) + [UInt8](repeating: 65, count: 100_000) + [10]
        #expect(HandoverJournal.read(line).entries.allSatisfy { $0.rest.count <= 1100 })
    }
}
