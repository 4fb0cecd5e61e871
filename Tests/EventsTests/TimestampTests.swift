import Events
import Reactor
import TestSupport
import Testing

/// Moments of the calendar.
@Suite struct TimestampTests {
    private func text(_ seconds: Int64, _ nanoseconds: Int64 = 0) -> String {
        Timestamp(nanosecondsSince1970: seconds * 1_000_000_000 + nanoseconds).description
    }

    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (0, 999_999, "1970-01-01T00:00:00.000Z"),
            (0, 1_000_000, "1970-01-01T00:00:00.001Z"), (0, -1, "1969-12-31T23:59:59.999Z"),
            (-86_400, 0, "1969-12-31T00:00:00.000Z"), (951_782_399, 0, "2000-02-28T23:59:59.000Z"),
            (951_782_400, 0, "2000-02-29T00:00:00.000Z"), (951_868_800, 0, "2000-03-01T00:00:00.000Z"),
            (4_107_542_399, 999_000_000, "2100-02-28T23:59:59.999Z"), (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (1_709_164_800, 0, "2024-02-29T00:00:00.000Z"), (1_735_689_599, 0, "2024-12-31T23:59:59.000Z"),
            (1_735_689_600, 0, "2025-01-01T00:00:00.000Z"), (-2_203_891_200, 0, "1900-03-01T00:00:00.000Z"),
        ] as [(Int64, Int64, String)]
    )
    func `known moments`(seconds: Int64, nanoseconds: Int64, expected: String) {
        #expect(text(seconds, nanoseconds) == expected)
    }

    @Test func `the first and the last moment that fit`() {
        #expect(Timestamp(nanosecondsSince1970: .min).description == "1677-09-21T00:12:43.145Z")
        #expect(Timestamp(nanosecondsSince1970: .max).description == "2262-04-11T23:47:16.854Z")
    }

    @Test(.enabled(if: Surroundings.has("python3"), "python3 is not installed"))
    func `two thousand moments are what python says they are`() async throws {
        var random = Seeded(6)
        let moments = (0..<2000).map { _ in Int64.random(in: .min ... .max, using: &random) }
        let program = """
            import datetime, sys
            epoch = datetime.datetime(1970, 1, 1)
            for line in sys.stdin:
                moment = epoch + datetime.timedelta(milliseconds=int(line) // 1000000)
                print(moment.isoformat(timespec="milliseconds") + "Z")
            """
        let input = moments.map { "\($0)\n" }.joined()
        let result = try await runChild(["python3", "-c", program], input: Array(input.utf8))
        #expect(result.errors == "")
        #expect(result.output == moments.map { "\(Timestamp(nanosecondsSince1970: $0))\n" }.joined())
    }

    @Test func `a run is named after its moment and chance`() {
        let moment = Timestamp(nanosecondsSince1970: 1_735_689_599_123_000_000)
        #expect(RunName.make(moment, random: 0) == "20241231-235959-0")
        #expect(RunName.make(moment, random: 0xff_ffff) == "20241231-235959-9zldr")
        #expect(RunName.make(moment, random: 0xab_00_0023) == "20241231-235959-z")
    }
}
