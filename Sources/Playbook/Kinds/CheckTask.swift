import Document
import HostSide
import Text

/// `check`: something answers as it should.
struct CheckTask: TaskBody {
    static let kind = TaskKind(
        "check",
        "Something answers on the host as it should: with `retries`, after a while. It works on hosts without curl or "
            + "python, and the result says which tool it used.",
        short: "",
        isCarriedOut: true,
        keys: [
            TaskKey("http", .url, "An address, `http://` or `https://`, seen from the host."),
            TaskKey("tcp", .endpoint, "`host:port`, or a port of the host itself: a connection can be made."),
            TaskKey("unix", .path, "A socket: a connection can be made."),
            TaskKey("command", .command, "A command ends with status 0."),
            TaskKey(
                "status",
                .statuses,
                usual: "200-299",
                "`http`: the status, as `200`, `200-399`, or a list of those."
            ),
            TaskKey("body", .text, takesSecrets: true, "`http`: a text that must be in the body."),
            TaskKey("headers", .headers, takesSecrets: true, "`http`: headers of the request."),
            TaskKey(
                "answer_headers",
                .headers,
                takesSecrets: true,
                "`http`: texts that headers of the answer must contain."
            ),
            TaskKey(
                "version",
                .text,
                takesSecrets: true,
                "`http`: a text that must be in the body, or be `version_header`'s value."
            ),
            TaskKey("version_header", .text, "`http`: the header of the answer that says the version."),
            TaskKey("method", .choice(methods), usual: "GET", "`http`: the method of the request."),
            TaskKey(
                "verify_certificate",
                .flag,
                usual: "true",
                "`https`: whether the certificate must be one that the host trusts."
            ),
            TaskKey("connect", .path, "`http`: the socket to connect to instead of the address's host and port."),
            TaskKey("changed_when", .condition, usual: "never", "Whether it counts as a change, by its result."),
            TaskKey("failed_when", .condition, usual: "it does not answer so", "Whether it counts as a failure."),
        ],
        check: { arguments, diagnostics in
            diagnostics.requireOne(of: targets, in: arguments, of: "check")
            if arguments["http"] == nil {
                for argument in arguments.given(ofHTTP) { diagnostics.refuse(argument, "is only for \"http\"") }
            }
            for key in ["unix", "connect"] {
                guard let argument = arguments[key], let path = argument.constantText else { continue }
                if let problem = Check(.unix(path), timeout: .zero).problem {
                    diagnostics.add(.unaskable(problem, argument))
                }
            }
            if arguments["version"] == nil { diagnostics.refuse(arguments["version_header"], "needs \"version\"") }
        },
        body: { CheckTask(arguments: $0) }
    )

    private static let targets = ["http", "tcp", "unix", "command"]
    private static let ofHTTP = [
        "status", "body", "headers", "answer_headers", "version", "version_header", "method", "verify_certificate",
        "connect",
    ]
    private static let methods = ["GET", "HEAD", "POST", "PUT", "OPTIONS"]

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let target: Check.Target
        if let reading = try resolver.open(arguments["http"]) {
            target = .http(try request(try reading.address(), &resolver))
        } else if let reading = try resolver.open(arguments["tcp"]) {
            let place = try reading.endpoint()
            target = .tcp(host: place.host, port: place.port)
        } else if let path = try resolver.path(arguments["unix"]) {
            target = .unix(path)
        } else if let command = try resolver.command(arguments["command"]) {
            target = .command(ShellCommand(.line(command), environment: try resolver.settings()))
        } else {
            return try resolver.needed(nil, arguments.given(CheckTask.targets).first)
        }
        let check = Check(target, timeout: resolver.timeout)
        if let problem = check.problem, let argument = arguments.given(CheckTask.targets).first {
            throw DocumentError(.unaskable(problem, argument))
        }
        return CheckWork(check: check)
    }

    private func request(_ address: HTTPAddress, _ resolver: inout TaskResolver) throws(DocumentError) -> HTTPCheck {
        var check = HTTPCheck(host: address.host, port: address.port, path: address.path)
        check.isTLS = address.isTLS
        if let statuses = try resolver.open(arguments["status"])?.statuses() { check.statuses = statuses }
        // Headers and texts reach the host in the program, never as words of a command.
        check.body = try resolver.content(arguments["body"])?.text
        check.headers = try resolver.reading(arguments["headers"])?.headers() ?? []
        check.answerHeaders = try resolver.reading(arguments["answer_headers"])?.headers() ?? []
        check.version = try resolver.content(arguments["version"])?.text
        if let reading = try resolver.open(arguments["version_header"]) {
            check.versionHeader = try reading.headerName()
        }
        if let method = try resolver.choice(arguments["method"], CheckTask.methods) { check.method = method }
        if let verifies = try resolver.reading(arguments["verify_certificate"]) {
            check.verifiesCertificate = try verifies.flag()
        }
        check.unixSocket = try resolver.path(arguments["connect"])
        return check
    }
}

extension Diagnostic {
    fileprivate static func unaskable(_ problem: String, _ argument: Argument) -> Diagnostic {
        Diagnostic("it cannot be asked: \(problem)", in: argument.origin.source, at: argument.origin.position)
    }
}

struct CheckWork: Work {
    let check: Check

    var looks: [Look] { [] }
    var conditional: Operation? { .check(check) }

    func decide(_ seen: Sightings) -> Decision { .carryOut(.check(check)) }
}
