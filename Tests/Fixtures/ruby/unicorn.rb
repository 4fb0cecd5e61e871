# Read again by every master that starts and by every reload.
shared = ENV.fetch("FIXTURE_SHARED")
# The link, not what it points to: a new master must begin in the release that is current then.
working_directory ENV.fetch("FIXTURE_CURRENT")
listen ENV.fetch("FIXTURE_BIND"), backlog: 128
pid ENV.fetch("FIXTURE_PID")
worker_processes Integer(ENV.fetch("FIXTURE_WORKERS", "2"))
timeout Integer(ENV.fetch("FIXTURE_TIMEOUT", "30"))
preload_app ENV["FIXTURE_PRELOAD"] == "yes"
stderr_path "#{shared}/log/server.log"
stdout_path "#{shared}/log/server.log"
