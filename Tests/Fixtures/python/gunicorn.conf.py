"""Read again by every master that starts and by every reload; the environment fills in what a test wants."""

import os

bind = os.environ["FIXTURE_BIND"]
pidfile = os.environ["FIXTURE_PID"]
workers = int(os.environ.get("FIXTURE_WORKERS", "2"))
worker_class = os.environ.get("FIXTURE_WORKER_CLASS", "gthread")
threads = int(os.environ.get("FIXTURE_THREADS", "16"))
daemon = os.environ.get("FIXTURE_DAEMON", "yes") == "yes"
preload_app = os.environ.get("FIXTURE_PRELOAD", "no") == "yes"
timeout = int(os.environ.get("FIXTURE_TIMEOUT", "30"))
graceful_timeout = int(os.environ.get("FIXTURE_GRACEFUL", "30"))
keepalive = 5
errorlog = os.path.join(os.environ["FIXTURE_SHARED"], "log", "server.log")
capture_output = True
# The newest ones open a socket for a control program in a folder of the user's; it is neither needed nor wanted.
control_socket_disable = True
