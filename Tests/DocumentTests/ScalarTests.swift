import Document
import Testing

/// What plain scalars mean, and whether they look like dates. The table was compared with PyYAML 6.0.3.
struct ScalarTests {
    @Test(arguments: ScalarTests.table)
    func resolves(text: String, expected: Resolved, isTimestamp: Bool) {
        let node = Node(.scalar(Node.Scalar(text)), at: .start)
        // NaN equals nothing, but its description does.
        #expect("\(node.resolved ?? .null)" == "\(expected)")
        #expect(node.isTimestamp == isTimestamp)
        #expect(node.text == text)
    }

    @Test func quotedIsText() throws {
        let node = try YAML.parse(
            SourceText(name: "a", text: "['1', \"yes\", ~, '', !!str 2, ! 3, !!int '4', !!float 5]")
        )
        let expected: [Resolved] = [
            .text("1"), .text("yes"), .null, .text(""), .text("2"), .text("3"), .int(4), .float(5),
        ]
        #expect(node.elements?.map(\.resolved) == expected)
    }

    @Test func ownTags() throws {
        let node = try YAML.parse(SourceText(name: "a", text: "[!vault 1, !unsafe 2, !!str x, y]"))
        #expect(node.elements?.map(\.ownTag) == ["!vault", "!unsafe", nil, nil])
        #expect(node.elements?.map(\.resolved) == [.text("1"), .int(2), .text("x"), .text("y")])
    }

    @Test func hugeNumbersStayText() {
        let digits = String(repeating: "9", count: 30)
        let node = Node(.scalar(Node.Scalar(digits)), at: .start)
        #expect(node.resolved == .text(digits))
    }

    static let table: [(String, Resolved, Bool)] = [
        ("yes", .bool(true), false),
        ("Yes", .bool(true), false),
        ("YES", .bool(true), false),
        ("yEs", .text("yEs"), false),
        ("no", .bool(false), false),
        ("No", .bool(false), false),
        ("NO", .bool(false), false),
        ("true", .bool(true), false),
        ("True", .bool(true), false),
        ("TRUE", .bool(true), false),
        ("tRue", .text("tRue"), false),
        ("false", .bool(false), false),
        ("False", .bool(false), false),
        ("FALSE", .bool(false), false),
        ("on", .bool(true), false),
        ("On", .bool(true), false),
        ("ON", .bool(true), false),
        ("off", .bool(false), false),
        ("Off", .bool(false), false),
        ("OFF", .bool(false), false),
        ("y", .text("y"), false),
        ("n", .text("n"), false),
        ("Y", .text("Y"), false),
        ("N", .text("N"), false),
        ("~", .null, false),
        ("null", .null, false),
        ("Null", .null, false),
        ("NULL", .null, false),
        ("nULL", .text("nULL"), false),
        ("0", .int(0), false),
        ("1", .int(1), false),
        ("-1", .int(-1), false),
        ("+1", .int(1), false),
        ("007", .int(7), false),
        ("0777", .int(511), false),
        ("0o17", .text("0o17"), false),
        ("08", .text("08"), false),
        ("09", .text("09"), false),
        ("0_7", .int(7), false),
        ("0_", .int(0), false),
        ("00", .int(0), false),
        ("-010", .int(-8), false),
        ("1_000", .int(1000), false),
        ("1__0", .int(10), false),
        ("_1", .text("_1"), false),
        ("1_", .int(1), false),
        ("0b101", .int(5), false),
        ("0b1_0", .int(2), false),
        ("0b", .text("0b"), false),
        ("0b2", .text("0b2"), false),
        ("-0b11", .int(-3), false),
        ("0x1F", .int(31), false),
        ("0xfg", .text("0xfg"), false),
        ("0x", .text("0x"), false),
        ("0x_", .text("0x_"), false),
        ("+0xA", .int(10), false),
        ("1:30", .int(90), false),
        ("1:60", .text("1:60"), false),
        ("1:5", .int(65), false),
        ("0:30", .text("0:30"), false),
        ("-1:30:15", .int(-5415), false),
        ("10:20:30", .int(37230), false),
        ("1:30.5", .float(90.5), false),
        ("0:30.5", .float(30.5), false),
        ("1:30.", .float(90.0), false),
        ("-1:1.25", .float(-61.25), false),
        ("190:20:30.15", .float(685230.15), false),
        ("1.5", .float(1.5), false),
        ("1.", .float(1.0), false),
        (".5", .float(0.5), false),
        ("+.5", .text("+.5"), false),
        ("-.5", .text("-.5"), false),
        ("._5", .text("._5"), false),
        (".5_0", .float(0.5), false),
        ("1._", .float(1.0), false),
        ("1_0.5", .float(10.5), false),
        ("1e3", .text("1e3"), false),
        ("1.5e3", .text("1.5e3"), false),
        ("1.5e+3", .float(1500.0), false),
        ("1.5E-3", .float(0.0015), false),
        ("1.e+3", .float(1000.0), false),
        (".5e+1", .float(5.0), false),
        (".inf", .float(.infinity), false),
        (".Inf", .float(.infinity), false),
        (".INF", .float(.infinity), false),
        ("-.inf", .float(-.infinity), false),
        ("+.INF", .float(.infinity), false),
        (".nan", .float(.nan), false),
        (".NaN", .float(.nan), false),
        (".NAN", .float(.nan), false),
        ("-.nan", .text("-.nan"), false),
        (".iNf", .text(".iNf"), false),
        ("2.10", .float(2.1), false),
        ("1.2.3", .text("1.2.3"), false),
        ("-", .text("-"), false),
        ("+", .text("+"), false),
        (".", .text("."), false),
        ("..", .text(".."), false),
        ("--", .text("--"), false),
        ("9223372036854775807", .int(9223372036854775807), false),
        ("-9223372036854775808", .int(-9223372036854775808), false),
        ("0x7fffffffffffffff", .int(9223372036854775807), false),
        ("=", .text("="), false),
        ("<<", .text("<<"), false),
        ("1,000", .text("1,000"), false),
        ("12a", .text("12a"), false),
        ("1-2", .text("1-2"), false),
        ("--1", .text("--1"), false),
        ("+-1", .text("+-1"), false),
        ("0x-1", .text("0x-1"), false),
        ("0b-1", .text("0b-1"), false),
        ("0-1", .text("0-1"), false),
        ("1:-3", .text("1:-3"), false),
        ("1::3", .text("1::3"), false),
        (":30", .text(":30"), false),
        ("2001-12-14", .text("2001-12-14"), true),
        ("2001-1-1", .text("2001-1-1"), false),
        ("2001-12-14t21:59:43.10-05:00", .text("2001-12-14t21:59:43.10-05:00"), true),
        ("2001-13-45", .text("2001-13-45"), true),
        ("1:2:3:4:5", .int(13403045), false),
        ("0.0", .float(0.0), false),
        ("-0.0", .float(-0.0), false),
        ("-0", .int(0), false),
        ("00.5", .float(0.5), false),
        ("09.5", .float(9.5), false),
        ("0b1.0", .text("0b1.0"), false),
        ("0x1.8", .text("0x1.8"), false),
        ("1_:30", .int(90), false),
        ("1:3_0", .text("1:3_0"), false),
        ("", .null, false),
        ("2001-12-14 21:59:43.10 -5", .text("2001-12-14 21:59:43.10 -5"), true),
        ("2001-12-14 21:59:43", .text("2001-12-14 21:59:43"), true),
        ("1 000", .text("1 000"), false),
    ]
}
