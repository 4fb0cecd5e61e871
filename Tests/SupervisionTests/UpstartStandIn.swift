import Foundation
import TestHosts

/// Upstart is in no package registry: `Fixtures/upstart.py` takes its place.
enum UpstartStandIn {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    /// Has it run on a host, with initctl and a kernel's log. `jobs` is where jobs lie.
    static func install(on host: TestHost, jobs: String = "/etc/init") async throws {
        try await host.write("/usr/local/sbin/initctl", "#!/usr/bin/python3\n" + text("upstart.py"), mode: "755")
        try await host.output(
            #"""
            mkdir -p "$1"
            # Debian's own are of systemd.
            for name in start stop restart reload status; do ln -sfn initctl "/usr/local/sbin/$name"; done
            ln -sfn initctl /usr/local/sbin/upstart
            printf '#!/bin/sh\ncat /run/upstart/log\n' >/usr/local/sbin/dmesg
            chmod 755 /usr/local/sbin/dmesg
            systemd-run --quiet --unit=upstart --setenv=UPSTART_JOBS="$1" /usr/local/sbin/upstart init
            """#,
            jobs
        )
        try await host.waitFor("initctl version")
    }
}
