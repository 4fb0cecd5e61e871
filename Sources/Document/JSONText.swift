/// Reading JSON into the tree that YAML gives, for files and programs that write JSON.
///
/// YAML is said to contain JSON, but does not: a pair of escaped surrogates, `1e3` and a tab are something else there.
/// As in Python's reader, a key given twice keeps its last value, and `NaN` and `Infinity` are numbers.
package enum JSONText {
    /// Whether reading a text as JSON is worth a try.
    package static func isLikely(_ source: SourceText) -> Bool {
        let bytes = source.bytes
        let first = bytes[source.markLength...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    package static func parse(_ source: SourceText, limits: Limits = Limits()) throws(DocumentError) -> Node {
        if source.bytes.count > limits.inputBytes {
            let message = "the text has more than \(limits.inputBytes) bytes"
            throw DocumentError(Diagnostic(message, in: source, at: nil))
        }
        var reader = JSONReader(source, limits: limits)
        do throws(JSONReader.Failure) {
            return try reader.document()
        } catch {
            throw DocumentError(Diagnostic(error.message, in: source, at: error.position))
        }
    }
}
