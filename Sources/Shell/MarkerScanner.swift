internal import CSystem

/// Finds the end of an answer in one stream that comes in pieces of any size. A value without I/O.
package struct MarkerScanner: Sendable {
    /// The end was there: the text between marker and newline, and how many bytes of the piece were used.
    package struct End: Equatable, Sendable {
        package let trailer: String
        package let used: Int
    }

    package enum Broken: Error { case trailerTooLong }

    private let needle: [UInt8]
    /// The end of what has come so far, as long as it may still turn out to be the marker.
    private var held: [UInt8] = []

    /// Status and newline behind the marker; more than this is not an answer.
    private static let trailerLimit = 16

    package init(_ marker: Marker) {
        needle = [UInt8(ascii: "\n")] + Array(marker.text.utf8)
    }

    /// Gives every byte before the end to `emit`, in order and as early as can be.
    package mutating func feed(
        _ piece: UnsafeRawBufferPointer,
        _ emit: (UnsafeRawBufferPointer) -> Void
    ) throws(Broken) -> End? {
        if held.isEmpty { return try scan(piece, heldBefore: 0, emit) }
        let before = held.count
        let joined = held + piece
        held.removeAll(keepingCapacity: true)
        // A closure in between would make the error untyped; the array outlives the call.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: joined.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: joined)
        return try scan(UnsafeRawBufferPointer(buffer), heldBefore: before, emit)
    }

    /// What was held back when the stream ended without its marker.
    package mutating func flush() -> [UInt8] {
        defer { held = [] }
        return held
    }

    private mutating func scan(
        _ bytes: UnsafeRawBufferPointer,
        heldBefore: Int,
        _ emit: (UnsafeRawBufferPointer) -> Void
    ) throws(Broken) -> End? {
        guard let start = find(in: bytes) else {
            let keep = possibleStart(in: bytes)
            if keep > 0 { emit(UnsafeRawBufferPointer(rebasing: bytes[..<keep])) }
            held = Array(bytes[keep...])
            return nil
        }
        if start > 0 { emit(UnsafeRawBufferPointer(rebasing: bytes[..<start])) }
        let rest = bytes[(start + needle.count)...]
        guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            if rest.count > Self.trailerLimit { throw .trailerTooLong }
            held = Array(bytes[start...])
            return nil
        }
        if newline - rest.startIndex > Self.trailerLimit { throw .trailerTooLong }
        let trailer = String(decoding: rest[..<newline], as: UTF8.self)
        return End(trailer: trailer, used: newline + 1 - heldBefore)
    }

    private func find(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, bytes.count >= needle.count else { return nil }
        guard let hit = needle.withUnsafeBytes({ baton_find(base, bytes.count, $0.baseAddress, $0.count) }) else {
            return nil
        }
        return hit - base
    }

    /// Where the bytes stop being plain output: the longest suffix that is a beginning of the needle.
    private func possibleStart(in bytes: UnsafeRawBufferPointer) -> Int {
        for start in max(0, bytes.count - needle.count + 1)..<max(bytes.count, 0)
        where bytes[start] == needle[0] && needle.starts(with: bytes[start...]) {
            return start
        }
        return bytes.count
    }
}
