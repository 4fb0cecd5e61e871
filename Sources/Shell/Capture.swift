/// What is kept of a stream: its beginning and its end, within a bound. A command that prints for ever costs a fixed
/// amount of memory, and the two parts that explain a failure are both there.
package struct Capture: Equatable, Sendable {
    private let half: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var total = 0

    package init(limit: Int) { half = max(limit / 2, 1) }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        total += bytes.count
        let intoHead = min(half - head.count, bytes.count)
        head.append(contentsOf: bytes.prefix(intoHead))
        let rest = bytes.dropFirst(intoHead)
        if rest.isEmpty { return }
        tail.append(contentsOf: rest.suffix(half))
        // Trimmed at twice its size, so that each byte is moved once on average.
        if tail.count >= 2 * half { tail.removeFirst(tail.count - half) }
    }

    /// Bytes that came and were not kept; they were between `beginning` and `end`.
    package var dropped: Int { max(0, total - 2 * half) }

    package var beginning: [UInt8] { head }
    package var end: ArraySlice<UInt8> { dropped > 0 ? tail.suffix(half) : tail[...] }

    /// How much came in all.
    package var count: Int { total }

    /// Everything that was kept; where bytes were dropped the two parts meet without a mark.
    package var bytes: [UInt8] { tail.isEmpty ? head : head + end }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
