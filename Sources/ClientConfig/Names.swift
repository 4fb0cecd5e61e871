/// What may be the name of a host or of a user. Both may become part of a shell's line through ProxyCommand, and of ssh's
/// arguments, so OpenSSH 9.6 and later refuse what a shell or an option parser would take for something else.
enum Names {
    /// Nil if the name may be used.
    static func problem(withHost name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.first == UInt8(ascii: "-") { return "begins with a hyphen" }
        for byte in name.utf8 where byte <= 0x20 || byte == 0x7F || #"'`"$\;&<>|(){}"#.utf8.contains(byte) {
            return "contains a character that no host name has"
        }
        return nil
    }

    static func problem(withUser name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.first == UInt8(ascii: "-") { return "begins with a hyphen" }
        var isBehindBlank = false
        for byte in name.utf8 {
            if byte < 0x20 || byte == 0x7F || #"'`";&<>|(){}"#.utf8.contains(byte) {
                return "contains a character that no user name has"
            }
            if isBehindBlank, byte == UInt8(ascii: "-") { return "contains a hyphen behind a blank" }
            isBehindBlank = byte == UInt8(ascii: " ")
        }
        return name.utf8.last == UInt8(ascii: "\\") ? "ends with a backslash" : nil
    }
}
