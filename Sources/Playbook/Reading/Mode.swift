import Document

/// The mode of a file as it is written: `0644`, or `u=rw,g+r,o-w`, which starts from the mode that is.
package struct Mode: Equatable, Sendable {
    // Neither is private: the sum of a plan is made of what works print as, and private types print with an address in it that
    // is another one in every process.
    enum Form: Equatable, Sendable {
        case octal(UInt16, isComplete: Bool)
        case symbolic([Clause])
    }

    struct Clause: Equatable, Sendable {
        var who: UInt8
        var operation: UInt8
        var permissions: [UInt8]
    }

    private let form: Form

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if let first = bytes.first, first >= 0x30 && first <= 0x39 {
            var digits = bytes[...]
            if digits.starts(with: "0o".utf8) { digits = digits.dropFirst(2) }
            guard (1...5).contains(digits.count), digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }),
                let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 8), value <= 0o7777
            else { return nil }
            // As for chmod: what four digits do not say of the special bits of a directory stays as it is.
            form = .octal(value, isComplete: digits.count == 5 || value > 0o777)
            return
        }
        guard let clauses = Mode.clauses(bytes) else { return nil }
        form = .symbolic(clauses)
    }

    /// The mode that comes of the one that is.
    package func applied(to old: UInt16, isDirectory: Bool) -> UInt16 {
        switch form {
        case .octal(let value, let isComplete):
            // A directory that is made in one with setgid has it too, and chmod 0755 does not take it away.
            return isDirectory && !isComplete ? value | (old & 0o6000) : value
        case .symbolic(let clauses):
            return clauses.reduce(old & 0o7777) { Mode.apply($1, to: $0, isDirectory: isDirectory) }
        }
    }

    /// Four digits, as `stat` and `chmod` have them.
    package static func text(_ mode: UInt16) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    // MARK: Symbols

    private static let (user, group, other): (UInt8, UInt8, UInt8) = (4, 2, 1)

    private static func clauses(_ text: [UInt8]) -> [Clause]? {
        var result: [Clause] = []
        for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            var rest = part
            var who: UInt8 = 0
            while let letter = rest.first, let named = classes(letter) {
                who |= named
                rest = rest.dropFirst()
            }
            if who == 0 { who = user | group | other }
            guard !rest.isEmpty else { return nil }
            while let operation = rest.first {
                guard "+-=".utf8.contains(operation) else { return nil }
                let permissions = rest.dropFirst().prefix { !"+-=".utf8.contains($0) }
                let isCopy = permissions.count == 1 && "ugo".utf8.contains(permissions[permissions.startIndex])
                guard isCopy || permissions.allSatisfy({ "rwxXst".utf8.contains($0) }) else { return nil }
                if permissions.isEmpty, operation != UInt8(ascii: "=") { return nil }
                result.append(Clause(who: who, operation: operation, permissions: Array(permissions)))
                rest = rest.dropFirst(1 + permissions.count)
            }
        }
        return result.count <= 64 ? result : nil
    }

    private static func classes(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "u"): user
        case UInt8(ascii: "g"): group
        case UInt8(ascii: "o"): other
        case UInt8(ascii: "a"): user | group | other
        default: nil
        }
    }

    private static func apply(_ clause: Clause, to old: UInt16, isDirectory: Bool) -> UInt16 {
        var mask: UInt16 = 0
        var special: UInt16 = 0
        if clause.who & user != 0 { (mask, special) = (mask | 0o700, special | 0o4000) }
        if clause.who & group != 0 { (mask, special) = (mask | 0o070, special | 0o2000) }
        if clause.who & other != 0 { (mask, special) = (mask | 0o007, special | 0o1000) }
        var bits: UInt16 = 0
        for permission in clause.permissions {
            switch permission {
            case UInt8(ascii: "r"): bits |= mask & 0o444
            case UInt8(ascii: "w"): bits |= mask & 0o222
            case UInt8(ascii: "x"): bits |= mask & 0o111
            case UInt8(ascii: "X"): if isDirectory || old & 0o111 != 0 { bits |= mask & 0o111 }
            case UInt8(ascii: "s"): bits |= special & 0o6000
            case UInt8(ascii: "t"): bits |= special & 0o1000
            case UInt8(ascii: "u"): bits |= mask & ((old >> 6 & 7) * 0o111)
            case UInt8(ascii: "g"): bits |= mask & ((old >> 3 & 7) * 0o111)
            default: bits |= mask & ((old & 7) * 0o111)
            }
        }
        switch clause.operation {
        case UInt8(ascii: "+"): return old | bits
        case UInt8(ascii: "-"): return old & ~bits
        default:
            // As chmod does, `=` leaves setuid and setgid of a directory alone unless it says them.
            let cleared = mask | (isDirectory ? special & 0o1000 : special)
            return old & ~cleared | bits
        }
    }
}

extension Reading {
    func mode() throws(DocumentError) -> Mode {
        let expected = "a mode like 0644 or u=rw,g=r,o="
        // A number that was calculated has no digits that anybody has seen.
        if case .int = value.content, value.text == nil { throw wrong(expected, hint: "write it as a text") }
        if case .float = value.content { throw wrong(expected) }
        guard let mode = Mode(try text(expected: expected)) else { throw wrong(expected) }
        return mode
    }
}
