import Document
import Text

extension ServiceKeyType {
    /// Reads a value for what is wrong with it. What holds templates is read once they are evaluated.
    func check(_ reading: Reading) throws(DocumentError) {
        if case .settings = self {
            // Names are never templates.
            for (name, value) in try reading.pairs() {
                guard Reading.isVariableName(name) else {
                    throw value.failure("\(Printable.quoted(name)) is no name of the environment")
                }
                if !value.value.isInPlay { _ = try value.word() }
            }
            return
        }
        if reading.value.isInPlay { return try checkTemplate(reading) }
        switch self {
        case .text: _ = try reading.word()
        case .title: _ = try reading.title()
        case .path: _ = try reading.plainPath()
        case .paths: for item in reading.items() { _ = try item.plainPath() }
        case .runtimeDirectories: for item in reading.items() { _ = try item.runtimeDirectory() }
        case .directory: _ = try reading.directory(in: "/")
        case .account: _ = try reading.accountName()
        case .flag: _ = try reading.flag()
        case .count(let range): _ = try reading.count(in: range)
        case .duration: _ = try reading.duration()
        case .size: _ = try reading.size()
        case .choice(let words), .choiceOrGroup(let words, _): _ = try reading.choice(words)
        case .signal: _ = try reading.signal()
        case .exits: _ = try reading.exits()
        case .command: _ = try reading.words()
        case .line: _ = try reading.line()
        case .address: _ = try reading.address()
        case .url: _ = try reading.url()
        case .name:
            let name = try reading.text()
            if let problem = ServiceName.problem(with: name) {
                throw reading.failure("\(reading.label) cannot be \(reading.value.summary)", hint: problem)
            }
        case .names: for item in reading.items() { _ = try item.word() }
        case .limit: _ = try reading.limit()
        case .settings, .files, .group: break
        }
    }

    // Which release and which server it is, must be known before any host is.
    private func checkTemplate(_ reading: Reading) throws(DocumentError) {
        if case .name = self { throw reading.failure("\(reading.label) takes no templates") }
        if case .choiceOrGroup = self { throw reading.failure("\(reading.label) takes no templates") }
    }
}
