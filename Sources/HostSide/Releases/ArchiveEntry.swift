/// One thing in a tar archive, and the bytes that announce it there. The archive is in GNU's form, since that is what GNU's, BSD's
/// and busybox's tar read alike: busybox passes over the long names of the newer POSIX form.
package struct ArchiveEntry: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case file(size: Int)
        case directory
        case link(to: String)
    }

    /// Within the archive, with `/` between its parts and none at its beginning or end.
    package var name: String
    package var kind: Kind
    package var isExecutable: Bool
    /// Seconds since 1970.
    package var modified: Int

    package static let block = 512

    package init(name: String, kind: Kind, isExecutable: Bool, modified: Int) {
        (self.name, self.kind, self.isExecutable, self.modified) = (name, kind, isExecutable, modified)
    }

    /// What stands before the content of a file, and is all there is of the others. Nobody owns it: whoever unpacks it does.
    package var header: [UInt8] {
        let name = Array((kind == .directory ? self.name + "/" : self.name).utf8)
        var target: [UInt8] = []
        if case .link(let to) = kind { target = Array(to.utf8) }
        var bytes: [UInt8] = []
        if target.count > 100 { bytes += Self.long("K", target) }
        if name.count > 100 { bytes += Self.long("L", name) }
        switch kind {
        case .file(let size):
            bytes += Self.header(name, isExecutable ? 0o755 : 0o644, size: size, modified, "0", [])
        case .directory: bytes += Self.header(name, 0o755, size: 0, modified, "5", [])
        case .link: bytes += Self.header(name, 0o777, size: 0, modified, "2", target)
        }
        return bytes
    }

    /// What comes behind the content of a file, so that the next thing begins with a block.
    package static func padding(of size: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (block - size % block) % block)
    }

    /// What ends an archive.
    package static let end = [UInt8](repeating: 0, count: 2 * block)

    /// A name that is too long for its field comes as the content of an entry of its own before it.
    private static func long(_ kind: Character, _ name: [UInt8]) -> [UInt8] {
        let content = name + [0]
        return header(Array("././@LongLink".utf8), 0, size: content.count, 0, kind, []) + content
            + padding(of: content.count)
    }

    private static func header(
        _ name: [UInt8],
        _ mode: Int,
        size: Int,
        _ modified: Int,
        _ kind: Character,
        _ target: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ field: [UInt8], _ width: Int) {
            bytes += field.prefix(width)
            bytes += [UInt8](repeating: 0, count: max(0, width - field.count))
        }
        put(name, 100)
        put(number(mode, 8), 8)
        put(number(0, 8), 8)
        put(number(0, 8), 8)
        put(number(size, 12), 12)
        put(number(max(0, modified), 12), 12)
        put([UInt8](repeating: 0x20, count: 8), 8)
        put(Array(String(kind).utf8), 1)
        put(target, 100)
        put(Array("ustar  ".utf8), 8)
        put([], block - bytes.count)
        // The sum is of the block with blanks in its place.
        let sum = bytes.reduce(0) { $0 + Int($1) }
        bytes.replaceSubrange(148..<156, with: octal(sum, 6) + [0, 0x20])
        return bytes
    }

    /// In octal digits, or in binary where those do not suffice.
    private static func number(_ value: Int, _ width: Int) -> [UInt8] {
        if value < 1 << (3 * (width - 1)) { return octal(value, width - 1) }
        var bytes = [UInt8](repeating: 0, count: width)
        for place in 0..<min(8, width - 1) {
            bytes[width - 1 - place] = UInt8(truncatingIfNeeded: value >> (8 * place))
        }
        bytes[0] = 0x80
        return bytes
    }

    private static func octal(_ value: Int, _ digits: Int) -> [UInt8] {
        let text = Array(String(value, radix: 8).utf8)
        return [UInt8](repeating: 0x30, count: max(0, digits - text.count)) + text
    }
}
