import Lab
import Reactor
import TestSupport
import Testing

/// More hosts than a server likes at once.
@Suite struct ManyHostsTests {
    /// An inventory in which many names are one server.
    private func crowd(_ count: Int, _ place: Workplace) throws -> String {
        let text = String(decoding: try Files.read(place.inventory), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let settings = lines.first { $0.contains("lab1:") }.map { $0.split(separator: ":", maxSplits: 1)[1] } ?? ""
        let hosts = (1...count).map { "        h\($0):\(settings)" }
        let path = "\(place.directory)/crowd.yml"
        let all = lines.flatMap { $0.contains("lab1:") ? hosts : [$0] }
        try Files.write(Array(all.joined(separator: "\n").utf8), to: path)
        return path
    }

    @Test func `a stock sshd lets a hundred in at once`() async throws {
        try await withWorkplace(hosts: 1, extra: "MaxStartups 10:30:100") { place in
            let result = try await place.baton(
                "exec",
                "-i",
                try crowd(100, place),
                "-f",
                "100",
                "-o",
                "json",
                "--",
                "true"
            )
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(result.output.split(separator: #""status":"ok","exit":0"#).count == 101)
            // sshd counts a login until its parent has heard of its success, so on a busy machine one may be asked again.
            #expect(!result.errors.contains("attempt 3"))
        }
    }

    @Test func `a server that hangs up on strangers is asked again`() async throws {
        try await withWorkplace(hosts: 1, extra: "MaxStartups 1") { place in
            // One connection that never logs in takes the only place there is, until the second attempt is announced.
            let result = try await place.shell(
                """
                port=$(sed -n 's/.*ansible_port: \\([0-9]*\\).*/\\1/p' '\(place.inventory)')
                bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; read -r line <&3; touch held
                    for turn in {1..600}; do grep -q 'attempt 2 in' err && exit; sleep 0.05; done" &
                while [ ! -e held ]; do sleep 0.02; done
                $BATON exec -i '\(place.inventory)' -o jsonl -- true 2> err
                code=$?
                cat err >&2
                exit $code
                """
            )
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(result.output.contains(#""type":"host.retrying","host":"lab1","attempt":2,"#))
            #expect(result.errors.contains("attempt 2 in"))
        }
    }

    @Test func `results have the order of the inventory and forks bounds who works at once`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.baton(
                "exec",
                "-i",
                try crowd(9, place),
                "-f",
                "3",
                "-o",
                "json",
                "--",
                "n=0; for f in running.*; do [ -e $f ] && n=$((n + 1)); done; touch running.$$; sleep 0.1; rm running.$$; echo at=$n"
            )
            #expect(result.status == .exited(0), "\(result.errors)")
            for above in 3...8 { #expect(!result.output.contains("at=\(above)")) }
            let order = result.output.split(separator: #"{"host":""#).dropFirst().map { $0.prefix(2) }
            #expect(order == (1...9).map { "h\($0)" })
        }
    }
}
