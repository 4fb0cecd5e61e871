import CSystem
import Reactor
package import TestLoad
import TestSupport

extension ServerFixture {
    /// An nginx in front of it, as services are commonly run; it ends with the fixture. `keeps`: it holds connections to the
    /// service open and uses them again.
    package func startFront(keeps: Bool) async throws -> Target {
        guard let program = ServerKind.nginx.program else { throw FixtureError(description: "nginx is not installed") }
        let port = try SystemError.check(baton_free_loopback_port(), "find a free port")
        let behind =
            switch target {
            case .tcp(let address, let port): "\(address):\(port)"
            case .unix(let path): "unix:\(path)"
            }
        let text = """
            \(Surroundings.isRoot ? "user root;" : "")
            pid \(shared)/run/front.pid;
            error_log \(shared)/log/front.log notice;
            worker_processes 1;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path \(shared)/tmp/front-body;
                proxy_temp_path \(shared)/tmp/front-proxy;
                fastcgi_temp_path \(shared)/tmp/front-fastcgi;
                uwsgi_temp_path \(shared)/tmp/front-uwsgi;
                scgi_temp_path \(shared)/tmp/front-scgi;
                upstream service {
                    server \(behind);
                    \(keeps ? "keepalive 16;" : "")
                }
                server {
                    listen 127.0.0.1:\(port) backlog=512;
                    client_max_body_size 16m;
                    location / {
                        proxy_pass http://service;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "\(keeps ? "" : "close")";
                        proxy_set_header Host localhost;
                    }
                }
            }

            """
        let file = "\(shared)/front.conf"
        try Files.write(text.utf8, to: file)
        // It is told by the folder that it works in.
        let request = ChildRequest(
            [program, "-c", file, "-e", "\(shared)/log/front.log"],
            environment: Surroundings.environment,
            directory: root
        )
        let result = try await loop.run(request)
        guard result.succeeded else { throw failure("cannot start nginx in front: \(result.errors)") }
        let front = Target.loopback(UInt16(port))
        try await wait("nginx in front to answer") { await loop.ask(front).outcome == .ok }
        return front
    }
}
