/// The files of the project: each is read, hashed and kept once, for all hosts.
package final class Contents {
    /// The way to a file; the text says why it cannot be had.
    package typealias Reader = (String) throws(ContentProblem) -> [UInt8]

    private let read: Reader

    package init(_ read: @escaping Reader) { self.read = read }
}

/// Why a file cannot be had.
package struct ContentProblem: Error, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}
