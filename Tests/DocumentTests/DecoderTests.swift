import Document
import Testing

/// Typed values out of nodes, with every error at once.
struct DecoderTests {
    private func decoder(_ text: String) throws -> (NodeDecoder, Field) {
        let source = SourceText(name: "a.yml", text: text)
        return (NodeDecoder(source), Field(try YAML.parse(source), as: "a service"))
    }

    @Test func everyKind() throws {
        var (decoder, root) = try decoder(
            "name: 2.10\nport: 0x50\nratio: 0.5\nwhole: 2\nup: yes\nlist: [a, 1]\nmode: fast\nnone: ~\nfree: {x: 1}\n"
        )
        let known = ["name", "port", "ratio", "whole", "up", "list", "mode", "none", "free"]
        let fields = decoder.fields(root, known: known)
        #expect(decoder.string(fields?["name"]) == "2.10")
        #expect(decoder.string(fields?["up"]) == "yes")
        #expect(decoder.int(fields?["port"], in: 1...65535) == 80)
        #expect(decoder.double(fields?["ratio"]) == 0.5)
        #expect(decoder.double(fields?["whole"]) == 2)
        #expect(decoder.bool(fields?["up"]) == true)
        #expect(decoder.strings(fields?["list"]) == ["a", "1"])
        #expect(decoder.choice(fields?["mode"], of: ["fast", "slow"]) == "fast")
        #expect(decoder.fields(fields?["free"])?.all.map(\.key) == ["x"])
        #expect(fields?["none"] == nil)
        #expect(fields?.has("none") == true)
        #expect(decoder.string(fields?["missing"]) == nil)
        #expect(decoder.diagnostics.isEmpty)
    }

    @Test func everyErrorAtOnce() throws {
        var (decoder, root) = try decoder(
            """
            naem: x
            port: 70000
            up: 1
            list: {a: 1}
            text: [1]
            vault: !vault abc
            quoted: "22"
            mode: fsat
            ratio: .inf
            empty:
            zzzzzzzz: 1
            items: [a, [b]]
            """
        )
        let known = ["name", "port", "up", "list", "text", "vault", "quoted", "mode", "ratio", "empty", "items"]
        let fields = decoder.fields(root, known: known)
        #expect(decoder.int(fields?["port"], in: 1...65535) == nil)
        #expect(decoder.bool(fields?["up"]) == nil)
        #expect(decoder.list(fields?["list"]) == nil)
        #expect(decoder.string(fields?["text"]) == nil)
        #expect(decoder.string(fields?["vault"]) == nil)
        #expect(decoder.int(fields?["quoted"]) == nil)
        #expect(decoder.choice(fields?["mode"], of: ["fast", "slow"]) == nil)
        #expect(decoder.double(fields?["ratio"]) == nil)
        #expect(decoder.required("empty", of: fields) == nil)
        #expect(decoder.required("name", of: fields) == nil)
        #expect(decoder.strings(fields?["items"]) == nil)
        #expect(decoder.fields(fields?["up"]) == nil)
        let heads = decoder.diagnostics.rendered.split(separator: "\n").filter {
            $0.hasPrefix("a.yml") || $0.hasPrefix("  hint")
        }
        #expect(
            heads.joined(separator: "\n") == """
                a.yml:1:1: error: a service has no key "naem"
                  hint: did you mean "name"?
                a.yml:11:1: error: a service has no key "zzzzzzzz"
                  hint: known here: name, port, up, list, text, vault, quoted, mode, ratio, empty, items
                a.yml:2:7: error: "port" must be a whole number from 1 to 65535, not 70000
                a.yml:3:5: error: "up" must be true or false, not 1
                a.yml:4:7: error: "list" must be a list, not a mapping
                a.yml:5:7: error: "text" must be a text, not a list
                a.yml:6:8: error: "vault" must be a text, not a value tagged !vault
                a.yml:7:9: error: "quoted" must be a whole number of at least 0, not the text "22"
                  hint: remove the quotes
                a.yml:8:7: error: "mode" must be one of fast, slow, not the text "fsat"
                  hint: did you mean "fast"?
                a.yml:9:8: error: "ratio" must be a number, not .inf
                a.yml:10:1: error: "empty" has no value
                a.yml:1:1: error: a service needs "name"
                a.yml:12:12: error: item 2 of "items" must be a text, not a list
                a.yml:3:5: error: "up" must be a mapping, not 1
                """
        )
    }
}
