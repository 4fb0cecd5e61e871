package import Document

extension ReleaseDeclaration {
    /// The release for one host.
    package func evaluate(_ scope: ServiceScope) throws(DocumentError) -> ReleaseDefinition {
        var reader = SettingsReader(settings, scope.evaluator())
        let root = reader.needed("root") { (reading) throws(DocumentError) in try reading.plainPath() }
        let artifact = reader.needed("artifact") { (reading) throws(DocumentError) in try reading.word() }
        let digest = reader.read("sha256") { (reading) throws(DocumentError) in try reading.digest() }
        let user = reader.read("user") { (reading) throws(DocumentError) in try reading.accountName() }
        let shared = reader.read("shared") { (reading) throws(DocumentError) in
            try reading.each { (item) throws(DocumentError) in try item.sharedPath() }
        }
        let keep = reader.read("keep") { (reading) throws(DocumentError) in try reading.count(in: 1...1000) }
        let prepare = reader.line("prepare")
        let migrate = reader.line("migrate")
        try reader.diagnostics.throwIfErrors()
        return ReleaseDefinition(
            name: name,
            root: root ?? "",
            artifact: artifact ?? "",
            sha256: digest,
            user: user ?? "root",
            shared: shared ?? [],
            prepare: try prepare?.line(),
            migrate: try migrate?.line(),
            keep: keep ?? 5
        )
    }
}

extension Reading {
    fileprivate func digest() throws(DocumentError) -> String {
        let text = try text(expected: "64 hexadecimal digits").lowercased()
        guard text.utf8.count == 64, text.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) })
        else { throw wrong("64 hexadecimal digits") }
        return text
    }

    // A name in every release, which must not lead out of it.
    fileprivate func sharedPath() throws(DocumentError) -> String {
        let text = try word()
        let parts = text.split(separator: "/")
        let isGood =
            !text.hasPrefix("/") && !parts.isEmpty && !parts.contains("..") && text.utf8.count <= 1000
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        // A slash at its end says that it is a directory.
        if isGood { return parts.filter { $0 != "." }.joined(separator: "/") + (text.hasSuffix("/") ? "/" : "") }
        throw failure("\(label) must be a path within the release")
    }
}
