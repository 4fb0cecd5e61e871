import Testing

@testable import Arguments

@Suite struct ValueParserTests {
    @Test(arguments: [
        ("0", 0), ("30", 30_000), ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250),
        ("1d2h3m4s5ms", 93_784_005), ("1m500ms", 60_500), ("007s", 7000),
    ])
    func `a length of time`(text: String, milliseconds: Int) throws {
        #expect(try ValueParser.duration().parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "s", "-5s", "+5", "1h30", "30m1h", "1m1m", "5 m", "5M", "1.5s", "1x", "ms", "99999999999999999999s",
        "9223372036854775807h", "5s ", "٣s", "5é",
    ])
    func `no length of time`(text: String) {
        #expect(throws: ValueProblem("a length of time like `30s`, `5m`, `1h30m` or `250ms`")) {
            try ValueParser.duration().parse(text)
        }
    }

    @Test func `a length of time in a range`() throws {
        let parser = ValueParser.duration(in: .milliseconds(1500)...(.seconds(90_061)))
        #expect(try parser.parse("2s") == .seconds(2))
        #expect(
            throws: ValueProblem("a length of time like `30s`, `5m`, `1h30m` or `250ms` from 1s500ms to 1d1h1m1s")
        ) {
            try parser.parse("1s")
        }
        #expect(parser.describe(.zero) == "0s")
    }

    @Test(arguments: [
        ("0", 0), ("1000", 1000), ("64K", 65536), ("64k", 65536), ("10M", 10_485_760), ("1G", 1_073_741_824),
        ("2T", 2_199_023_255_552),
    ])
    func `a byte size`(text: String, size: Int) throws {
        #expect(try ValueParser.byteSize().parse(text) == size)
    }

    @Test(arguments: ["", "K", "-1", "+1K", "1KB", "1.5G", "1P", "9999999999T", "1 K", "K1", "1é", "1\u{8B}"])
    func `no byte size`(text: String) {
        #expect(throws: ValueProblem("a size like `64K`, `10M` or `1G`")) { try ValueParser.byteSize().parse(text) }
    }

    @Test func `a byte size in a range`() {
        #expect(throws: ValueProblem("a size like `64K`, `10M` or `1G` from 1 to 2M")) {
            try ValueParser.byteSize(in: 1...2_097_152).parse("3M")
        }
    }

    @Test(arguments: [
        (1...500, "a whole number from 1 to 500"), (1...Int.max, "a whole number of at least 1"),
        (Int.min...7, "a whole number of at most 7"), (Int.min...Int.max, "a whole number that is not too large"),
    ])
    func `a whole number names its bounds`(range: ClosedRange<Int>, expectation: String) throws {
        let parser = ValueParser.wholeNumber(in: range)
        #expect(try parser.parse("5") == 5)
        for text in ["", "x", "5.0", "+5", "0x10", "99999999999999999999"] {
            #expect(throws: ValueProblem(expectation)) { try parser.parse(text) }
        }
    }

    @Test func `text and paths refuse to be empty`() throws {
        #expect(throws: ValueProblem("a text")) { try ValueParser.text("NAME").parse("") }
        #expect(try ValueParser.text("NAME", orEmpty: true).parse("").isEmpty)
        #expect(throws: ValueProblem("a path")) { try ValueParser.path().parse("") }
        #expect(ValueParser.path(.directory).placeholder == "DIRECTORY")
    }

    @Test func `a choice is one of its words, exactly`() throws {
        let parser = ValueParser.choice(FakeTool.Format.self, named: "FORMAT")
        #expect(try parser.parse("yaml") == .yaml)
        #expect(throws: ValueProblem("one of text, json or yaml", suggestion: "json")) { try parser.parse("jsonn") }
        #expect(throws: ValueProblem.self) { try parser.parse("YAML") }
    }
}
