/// A mark such as `%s` in a command for a shell, put where the shell reads no words: what takes its place would not be
/// one there.
package struct MisplacedMark {
    /// Its place in the bytes of the text; nil where that is not known.
    package var offset: Int?
    /// `inside '...'` and the like.
    package var place: String

    /// The first one in a command; nil if all stand where a word may.
    package init?(_ mark: String, in command: String) {
        var search = Search(mark)
        guard let found = search.pass(command) else { return nil }
        self = found
    }

    /// The first one in a template for a command, as far as it is sure what comes before.
    package init?(_ mark: String, in command: Template) {
        var search = Search(mark)
        for statement in command.body {
            switch statement {
            case .data(let text):
                guard var found = search.pass(text) else { continue }
                found.offset = nil
                self = found
                return
            case .insertion: search.shell.passWord()
            default: return nil
            }
        }
        return nil
    }

    private init(offset: Int, place: String) {
        self.offset = offset
        self.place = place
    }

    private struct Search {
        let mark: [UInt8]
        var shell = ShellPlace()

        init(_ mark: String) { self.mark = Array(mark.utf8) }

        mutating func pass(_ text: String) -> MisplacedMark? {
            var rest = text.utf8[...]
            while !rest.isEmpty {
                if rest.starts(with: mark) {
                    if let trouble = shell.trouble {
                        let offset = text.utf8.distance(from: text.utf8.startIndex, to: rest.startIndex)
                        return MisplacedMark(offset: offset, place: trouble.rawValue)
                    }
                    shell.passWord()
                    rest = rest.dropFirst(mark.count)
                } else {
                    let next = rest.dropFirst().firstIndex(of: mark[0]) ?? rest.endIndex
                    shell.pass(String(decoding: rest[..<next], as: UTF8.self))
                    rest = rest[next...]
                }
            }
            return nil
        }
    }
}

extension Origin {
    /// Where a byte of the text that begins here stands in the file.
    package func position(ofByte offset: Int, in text: String) -> Position {
        ScalarPlaces(of: self, decodedAs: Array(text.utf8))?.position(ofByte: offset) ?? position
    }
}
