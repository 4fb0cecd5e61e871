import Document

extension InventoryBuilder {
    /// Adds the hosts of a list such as `web1,web2:2222,`, which stands for an inventory on a command line.
    package mutating func addHostList(_ text: String, from name: String) {
        let source = SourceText(name: name, text: text)
        var column = 1
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let origin = Origin(source, Position(line: 1, column: column))
            column += part.unicodeScalars.count + 1
            let host = part.drop(while: \.isWhitespace)
            guard let last = host.lastIndex(where: { !$0.isWhitespace }) else { continue }
            let address = Address(String(host[...last]), allowingRanges: false)
            let found = address?.host ?? String(host[...last])
            if !knows(host: found) {
                self.host(found, in: InventoryBuilder.ungrouped, port: address?.port, at: origin)
            }
        }
    }
}
