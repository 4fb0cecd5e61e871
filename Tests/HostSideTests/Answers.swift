import HostSide
import Reactor
import TestSupport
import Testing

/// A server whose answers have every shape; it ends with the test.
struct Answers: Sendable {
    let directory: String
    let http: Int
    let https: Int
    /// Speaks something else.
    let other: Int

    var socket: String { "\(directory)/socket" }

    func check(_ path: String, _ change: (inout HTTPCheck) -> Void = { _ in }) -> HTTPCheck {
        var check = HTTPCheck(host: "127.0.0.1", port: http, path: path)
        change(&check)
        return check
    }
}

func withAnswers(_ body: @escaping @Sendable (Answers) async throws -> Void) async throws {
    try await withDirectory { directory in
        let made = try await runChild(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(directory)/key.pem",
                "-out", "\(directory)/certificate.pem",
            ]
        )
        try #require(made.succeeded, "\(made.errors)")
        try await withLoop { loop in
            let script = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
            let child = try RunningChild(
                ["/usr/bin/python3", "/\(script)/Fixtures/python/answers.py", directory],
                environment: Surroundings.environment,
                on: loop
            )
            let line = await withCheckedContinuation { (done: CheckedContinuation<String, Never>) in
                let said = Said(done)
                child.handler = { said.handle($0) }
            }
            do {
                let ports = line.split(separator: " ").compactMap { Int($0) }
                try #require(ports.count == 3, "the server said: \(line)")
                try await body(Answers(directory: directory, http: ports[0], https: ports[1], other: ports[2]))
            } catch {
                await child.seeToItsEnd(on: loop)
                throw error
            }
            await child.seeToItsEnd(on: loop)
        }
    }
}

/// The first line that a child prints, or what it says on stderr if it ends before.
private final class Said {
    private var done: CheckedContinuation<String, Never>?
    private var text = ""

    init(_ done: CheckedContinuation<String, Never>) { self.done = done }

    func handle(_ event: RunningChild.Event) {
        switch event {
        case .received(_, let bytes):
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains("\n") { finish() }
        case .exited: finish()
        default: break
        }
    }

    private func finish() {
        done?.resume(returning: text.filter { $0 != "\n" })
        done = nil
    }
}
