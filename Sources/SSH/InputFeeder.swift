import Shell

/// Input that comes in pieces: the next one is read when the one before has been taken, so two of them are in memory at
/// most, however large the file.
final class InputFeeder {
    typealias Source = (_ limit: Int) throws(UploadContent.Unreadable) -> [UInt8]

    private var source: Source?
    private var isFeeding = false
    private var hasMoreRoom = false

    static let pieceLimit = 256 << 10

    init(_ source: @escaping Source) { self.source = source }

    /// Hands over the next piece, and goes on as long as it is taken at once: the channel says so from inside `send`.
    func feed(_ channel: any CommandChannel) throws(UploadContent.Unreadable) {
        if isFeeding {
            hasMoreRoom = true
            return
        }
        isFeeding = true
        defer { isFeeding = false }
        repeat {
            hasMoreRoom = false
            guard let piece = try source?(Self.pieceLimit), !piece.isEmpty else {
                source = nil
                return
            }
            channel.send([piece])
        } while hasMoreRoom
    }
}
