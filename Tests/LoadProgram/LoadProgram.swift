import Arguments
import CSystem
import Events
import Reactor
import TestLoad

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `baton-load`: the load of the tests as a program, for places that the tests themselves are not in, such as a network
/// namespace or a test host. Prints one line of JSON; exits 1 when a request failed.
@main enum LoadProgram {
    private static let time = Option.value(
        "--for",
        as: .duration(),
        default: .seconds(10),
        help: "Send for so long, at most three hours."
    )
    private static let fresh = rate("--fresh", 50, "Requests a second on connections of their own.")
    private static let kept = rate("--kept", 50, "Requests a second on kept connections.")
    private static let slow = rate("--slow", 0, "Requests a second that the server takes two seconds for.")
    private static let uploads = rate("--uploads", 0, "Uploads a second, each sent over two seconds.")
    private static let connections = Option.value(
        "--connections",
        as: .wholeNumber(in: 1...500, named: "COUNT"),
        default: 20,
        help: "Keep so many connections."
    )
    private static let path = Option.value("--path", as: .text("PATH"), default: "/", help: "Ask for this.")
    private static let versions = Option.repeated(
        "--version-allowed",
        as: .text("RELEASE"),
        help: "A release that may answer; any may unless one is named."
    )
    private static let targets = Operand.rest(
        as: .text("ADDRESS"),
        minimum: 1,
        help: "Where the service listens: an IPv4 address and a port, or unix:/path."
    )

    private static let declaration = CommandDeclaration(
        name: "baton-load",
        abstract: "Put load on a service and count what fails.",
        options: [time, fresh, kept, slow, uploads, connections, path, versions],
        operands: [targets]
    )

    private static func rate(_ spelling: Spelling, _ fallback: Int, _ help: String) -> Option<Int> {
        Option.value(spelling, as: .wholeNumber(in: 0...400, named: "RATE"), default: fallback, help: help)
    }

    static func main() {
        baton_prepare_signals()
        do {
            switch try declaration.parse(Array(CommandLine.arguments.dropFirst())) {
            case .help: print(declaration.helpText())
            case .version: print("baton-load")
            case .run(let parsed): exit(try run(parsed))
            }
        } catch {
            let text = (error as? UsageError)?.message ?? "\(error)"
            _ = "baton-load: \(text)\n".withCString { baton_write(2, $0, strlen($0)) }
            exit(2)
        }
    }

    private static func run(_ parsed: Parsed) throws -> Int32 {
        let loop = try Loop()
        let addresses = try parsed[targets].map(target)
        var profile = Profile(streams(parsed))
        profile.longest = parsed[time]
        let allowed = parsed[versions].isEmpty ? nil : Set(parsed[versions])
        let load = try Load(addresses, profile, versions: allowed, on: loop)
        let box = Box()
        Task(executorPreference: loop) {
            box.report = await Self.finish(load, parsed[time], loop)
            loop.stop()
        }
        loop.run()
        guard let report = box.report else { return 2 }
        print(report.json.line)
        return report.failed == 0 ? 0 : 1
    }

    private static func finish(_ load: Load, _ time: Duration, _ loop: Loop) async -> Report {
        load.start()
        await loop.sleep(time)
        return await load.stop()
    }

    /// Written on the loop's thread, read on it after the loop has ended.
    private final class Box: @unchecked Sendable { var report: Report? }

    private static func streams(_ parsed: Parsed) -> [TestLoad.Stream] {
        let all: [TestLoad.Stream] = [
            .fresh(perSecond: Double(parsed[fresh]), parsed[path]),
            .kept(parsed[connections], perSecond: Double(parsed[kept]), parsed[path]),
            .slow(seconds: 2, perSecond: Double(parsed[slow])),
            .uploads(over: .seconds(2), perSecond: Double(parsed[uploads])),
        ]
        return all.filter { $0.perSecond > 0 }
    }

    private static func target(_ text: String) throws(UsageError) -> Target {
        if text.hasPrefix("unix:") { return .unix(String(text.dropFirst(5))) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]) else {
            throw UsageError(message: "'\(text)' is no address: 10.0.0.1:8000 or unix:/path")
        }
        return .tcp(String(parts[0]), port)
    }
}

extension Report {
    /// Times in milliseconds.
    fileprivate var json: JSON {
        .members([
            "total": .integer(total),
            "failed": .integer(failed),
            "counts": .object(
                counts.sorted { "\($0.key)" < "\($1.key)" }.map {
                    JSON.Member(name: "\($0.key)", value: .integer($0.value))
                }
            ),
            "missed": .integer(missed),
            "idle_closed": .integer(idleClosed),
            "versions": .object(
                versions.sorted { $0.key < $1.key }.map { version, seen in
                    JSON.Member(
                        name: version,
                        value: .members([
                            "answers": .integer(seen.count),
                            "first": .number(seen.first.inSeconds * 1000),
                            "last": .number(seen.last.inSeconds * 1000),
                        ])
                    )
                }
            ),
            "median": percentile(50).map { .number($0.inSeconds * 1000) },
            "p99": percentile(99).map { .number($0.inSeconds * 1000) },
            "worst": worst.map { .number($0.inSeconds * 1000) },
            "failures": .array(failures.map { .string($0.description) }),
        ])
    }
}
