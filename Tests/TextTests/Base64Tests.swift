import Testing
import Text

/// As RFC 4648 has it.
@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{0}\u{7f}>?", "AH8+Pw=="),
    ])
    func `known pairs`(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
        #expect(Base64.encode(Array(plain.utf8), padded: false) == encoded.filter { $0 != "=" })
    }

    @Test func `every byte comes back`() {
        for count in 0...300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        }
    }

    @Test(arguments: ["A", "AAAAA", "A=AA", "AA===", "A*AA", "ÄÄ"])
    func `what is no base64 is refused`(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test func `line ends are passed over`() {
        #expect(Base64.decode("Zm9v\r\nYmFy\n".utf8) == Array("foobar".utf8))
    }
}
