internal import CPrograms

/// A file to be made on a host: where, how, and what its bytes must add up to.
package struct Upload: Equatable, Sendable {
    package let destination: String
    package let mode: UInt16
    /// Nil where it is not known yet: then the host says what arrived, and whoever sent it compares.
    package let sha256: String?
    package let size: Int

    package init(destination: String, mode: UInt16, sha256: String?, size: Int) {
        self.destination = destination
        self.mode = mode
        self.sha256 = sha256
        self.size = size
    }

    /// Reads exactly `size` bytes, checks them, and renames. `key` names the temporary file.
    package func program(key: Marker) -> ChangingProgram {
        ChangingProgram(
            "upload \(destination)",
            ProgramFile.upload,
            arguments: [destination, String(mode, radix: 8), String(size), sha256 ?? "-", key.text]
        )
    }

    /// The sum of what arrived, where it was not known before.
    package func said(_ reply: Reply) -> String? {
        let line = reply.stdout.bytes.prefix { $0 != UInt8(ascii: "\n") }
        return line.count == 64 ? String(decoding: line, as: UTF8.self) : nil
    }

    /// Takes away what was made.
    package var removal: ChangingProgram {
        ChangingProgram("remove \(destination)", "rm -f -- \"$1\"\n", arguments: [destination])
    }
}

/// Where the bytes of an upload come from.
package enum UploadContent: Sendable {
    case bytes([UInt8])
    /// Handed out in order, at most so many at once, and none at the end: a file that is too large for memory. Called
    /// on the remote's loop, when there is room for more.
    case pieces(@Sendable (_ limit: Int) throws(Unreadable) -> [UInt8])

    /// Why there is no next piece; the text is for people.
    package struct Unreadable: Error, Sendable {
        package let reason: String

        package init(_ reason: String) { self.reason = reason }
    }
}

/// Ends whatever a shell loop is running, but not the loop.
package enum EndPrograms {
    package static func program(loop pid: Int32) -> ReadingProgram {
        ReadingProgram("end the running program", ProgramFile.end, arguments: [String(pid)])
    }
}

/// The host-side files of `CPrograms` as text.
package enum ProgramFile {
    package static var upload: String { text(baton_upload_sh()) }
    package static var end: String { text(baton_end_sh()) }
    package static var facts: String { text(baton_facts_sh()) }
    package static var checks: String { text(baton_checks_sh()) }

    private static func text(_ file: baton_program) -> String {
        String(decoding: UnsafeRawBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }
}
