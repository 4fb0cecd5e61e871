package import Document

/// One of a service's files as it is on one host, before it is read.
package struct FileWish: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        case template(String)
        case file(String)
    }

    package var source: Source
    /// Where its source is named.
    package var origin: Origin
    package var path: String
    package var mode: UInt16
    package var owner: Rendering.Owner
}

extension FileDeclaration {
    /// Its keys for one host. `evaluator` is that of the service.
    package func evaluate(
        _ evaluator: Evaluator,
        _ notes: inout ServiceNotes
    ) throws(DocumentError) -> FileWish {
        var reader = SettingsReader(settings, evaluator)
        let template = reader.read("template") { (reading) throws(DocumentError) in try reading.word() }
        let file = reader.read("src") { (reading) throws(DocumentError) in try reading.word() }
        let path = reader.needed("dest") { (reading) throws(DocumentError) in try reading.plainPath() }
        let mode = reader.read("mode") { (reading) throws(DocumentError) in try reading.octal() }
        let user = reader.read("owner") { (reading) throws(DocumentError) in try reading.accountName() }
        let group = reader.read("group") { (reading) throws(DocumentError) in try reading.accountName() }
        if template == nil, file == nil {
            _ = reader.needed(settings.has("template") ? "template" : "src") { (reading) throws(DocumentError) in
                try reading.word()
            }
        }
        notes.add(reader)
        try reader.diagnostics.throwIfErrors()
        let origin = (settings["template"] ?? settings["src"])?.origin ?? settings.origin
        return FileWish(
            source: template.map { .template($0) } ?? .file(file ?? ""),
            origin: origin,
            path: path ?? "",
            mode: mode ?? 0o644,
            owner: Rendering.Owner(user: user ?? "root", group: group ?? (user == nil ? "root" : nil))
        )
    }

    /// What names its source, where no host is needed to tell.
    package var constantSource: (source: FileWish.Source, origin: Origin)? {
        for (key, make) in [("template", FileWish.Source.template), ("src", FileWish.Source.file)] {
            guard let value = settings[key], !value.isInPlay,
                let text = Reading(key: key, value: value, isWritten: true).plainText
            else { continue }
            return (make(text), value.origin)
        }
        return nil
    }
}

extension Reading {
    /// `0644`, with or without quotes.
    fileprivate func octal() throws(DocumentError) -> UInt16 {
        let text = try text(expected: "a mode like 0644")
        guard (3...4).contains(text.utf8.count), let mode = UInt16(text, radix: 8),
            text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 })
        else { throw wrong("a mode like 0644") }
        return mode
    }
}
