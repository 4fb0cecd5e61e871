/// The two streams of one shell, split into the answers of the frames that were sent. A value without I/O: the channel
/// that owns it feeds bytes in and sends what it likes.
package struct Conversation: Sendable {
    package typealias Frame = Int

    package enum Event {
        /// Output of a frame; the bytes are valid during the call only.
        case output(Frame, StandardStream, UnsafeRawBufferPointer)
        /// Both streams have shown their marker. The trailer is the exit status, or the shell's pid for the greeting.
        case ended(Frame, trailer: String)
    }

    /// The host does not keep to the framing: it is not the loop that answers.
    package struct Broken: Error {}

    private struct Expected {
        let frame: Frame
        var scanners: [MarkerScanner]
        var ended = [false, false]
        var trailer = ""
    }

    private var expected: [Expected] = []
    private var sent = 0

    package init() {}

    package var isIdle: Bool { expected.isEmpty }

    /// The frame whose output comes next; frames are answered in the order they are expected in.
    package mutating func expect(_ marker: Marker) -> Frame {
        sent += 1
        expected.append(Expected(frame: sent, scanners: [MarkerScanner(marker), MarkerScanner(marker)]))
        return sent
    }

    package mutating func receive(
        _ stream: StandardStream,
        _ bytes: UnsafeRawBufferPointer,
        _ report: (Event) -> Void
    ) throws(Broken) {
        var rest = bytes
        while !rest.isEmpty {
            // Nobody asked for it: a background child of an earlier program. Dropped, as documented.
            guard let index = expected.firstIndex(where: { !$0.ended[stream.rawValue] }) else { return }
            let frame = expected[index].frame
            let end: MarkerScanner.End?
            do throws(MarkerScanner.Broken) {
                end = try expected[index].scanners[stream.rawValue].feed(rest) { report(.output(frame, stream, $0)) }
            } catch {
                throw Broken()
            }
            guard let end else { return }
            expected[index].ended[stream.rawValue] = true
            if stream == .stdout { expected[index].trailer = end.trailer }
            rest = UnsafeRawBufferPointer(rebasing: rest[end.used...])
            reportEnded(report)
        }
    }

    /// What the streams had held back when the shell went away, for the frame that was being answered.
    package mutating func flush(_ report: (Event) -> Void) {
        for index in expected.indices.prefix(1) {
            for stream in StandardStream.allCases where !expected[index].ended[stream.rawValue] {
                let held = expected[index].scanners[stream.rawValue].flush()
                held.withUnsafeBytes { if !$0.isEmpty { report(.output(expected[index].frame, stream, $0)) } }
            }
        }
    }

    private mutating func reportEnded(_ report: (Event) -> Void) {
        while let first = expected.first, first.ended == [true, true] {
            expected.removeFirst()
            report(.ended(first.frame, trailer: first.trailer.trimmingSpace))
        }
    }
}

/// The two streams a program writes.
package enum StandardStream: Int, CaseIterable, Sendable {
    case stdout
    case stderr
}

extension String {
    fileprivate var trimmingSpace: String { String(drop { $0 == " " }) }
}
