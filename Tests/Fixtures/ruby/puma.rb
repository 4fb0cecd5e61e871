# A phased restart needs workers that load the application themselves, out of the directory that is current then.
directory ENV.fetch("FIXTURE_CURRENT")
bind ENV.fetch("FIXTURE_BIND")
pidfile ENV.fetch("FIXTURE_PID")
state_path "#{ENV.fetch("FIXTURE_SHARED")}/run/puma.state"
activate_control_app "unix://#{ENV.fetch("FIXTURE_SHARED")}/run/puma.ctl", no_token: true
workers Integer(ENV.fetch("FIXTURE_WORKERS", "2"))
threads 8, 8
preload_app!(ENV["FIXTURE_PRELOAD"] == "yes")
worker_timeout Integer(ENV.fetch("FIXTURE_TIMEOUT", "30"))
worker_shutdown_timeout Integer(ENV.fetch("FIXTURE_GRACEFUL", "30"))
persistent_timeout 5
