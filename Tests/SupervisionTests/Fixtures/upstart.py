"""A stand-in for Upstart 1.13: keeps jobs as init does, and answers as initctl does, word for word.

`upstart.py init` is the keeper; called `initctl`, `start`, `stop`, `restart`, `reload` or `status` it asks the keeper.
Of events only `starting JOB` and `stopped JOB` are emitted; other `start on` and `stop on` are read and do nothing.
"""

import json
import os
import pwd
import grp
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

JOBS = os.environ.get("UPSTART_JOBS", "/etc/init")
PLACE = os.environ.get("UPSTART_PLACE", "/run/upstart")
SOCKET, LOG = PLACE + "/socket", PLACE + "/log"

LIMITS = {
    "as": "AS", "core": "CORE", "cpu": "CPU", "data": "DATA", "fsize": "FSIZE", "memlock": "MEMLOCK",
    "msgqueue": "MSGQUEUE", "nice": "NICE", "nofile": "NOFILE", "nproc": "NPROC", "rss": "RSS", "rtprio": "RTPRIO",
    "sigpending": "SIGPENDING", "stack": "STACK",
}


class Refusal(Exception):
    pass


# MARK: Reading jobs


def words(text):
    """Words of a line: quotes of both kinds, a backslash before any character."""
    found, word, quote, inside = [], "", None, False
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text):
            position += 1
            word, inside = word + text[position], True
        elif quote:
            if character == quote:
                quote = None
            else:
                word += character
        elif character in "\"'":
            quote, inside = character, True
        elif character in " \t":
            if inside or word:
                found.append(word)
            word, inside = "", False
        elif character == "#" and not word and not inside:
            break
        else:
            word += character
        position += 1
    if quote:
        raise Refusal("Unterminated quoted string")
    if inside or word:
        found.append(word)
    return found


def number(text, complaint):
    if not re.fullmatch(r"[0-9]+", text):
        raise Refusal(complaint)
    return int(text)


def signal_number(text):
    if text.isdigit():
        return int(text)
    try:
        return int(getattr(signal, text if text.startswith("SIG") else "SIG" + text))
    except AttributeError:
        raise Refusal("Illegal signal status, expected integer") from None


class JobClass:
    def __init__(self, name):
        self.name, self.instance = name, ""
        self.env, self.limits = {}, []
        self.user = self.group = self.directory = None
        self.umask = 0o022
        self.respawn, self.limit, self.interval = False, 10, 5
        self.normal = set()
        self.kill_signal, self.kill_timeout, self.reload_signal = signal.SIGTERM, 5, signal.SIGHUP
        self.task = False
        self.start_on = []
        self.processes = {}
        self.jobs = {}

    def read(self, path):
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
        index = 0
        while index < len(lines):
            first = index
            line = lines[index]
            while line.endswith("\\") and index + 1 < len(lines):
                index += 1
                line = line[:-1] + lines[index]
            index += 1
            try:
                found = words(line)
                if not found:
                    continue
                if found[-1] == "script" and len(found) <= 2:
                    block = []
                    while index < len(lines) and lines[index].split() != ["end", "script"]:
                        block.append(lines[index])
                        index += 1
                    if index == len(lines):
                        raise Refusal("Unterminated block")
                    index += 1
                    self.process(found[:-1], "\n".join(block), True)
                else:
                    self.stanza(found, line.strip())
            except (Refusal, IndexError) as problem:
                text = str(problem) if isinstance(problem, Refusal) else "Expected token"
                raise Refusal(f"{path}:{first + 1}: {text}") from None
        return self

    def process(self, found, text, is_script):
        name = found[0] if found else "main"
        if name not in ("main", "pre-start", "post-start", "pre-stop", "post-stop"):
            raise Refusal("Unknown stanza")
        self.processes[name] = (text, is_script)

    def stanza(self, found, line):
        word, rest = found[0], found[1:]
        if word in ("description", "author", "version", "usage"):
            self.one(rest)
        elif word == "exec":
            self.process([], line.split(None, 1)[1], False)
        elif word in ("pre-start", "post-start", "pre-stop", "post-stop") and rest[0] == "exec":
            self.process([word], line.split(None, 2)[2], False)
        elif word in ("start", "stop") and rest[0] == "on":
            events = [part.split() for part in re.split(r"\b(?:or|and)\b", " ".join(rest[1:]))]
            if not all(events):
                raise Refusal("Expected operator")
            if word == "start":
                self.start_on = events
        elif word in ("emits", "export"):
            rest[0]
        elif word == "manual":
            self.start_on = []
        elif word == "env":
            name, _, value = self.one(rest).partition("=")
            self.env[name] = value
        elif word == "setuid":
            self.user = self.one(rest)
        elif word == "setgid":
            self.group = self.one(rest)
        elif word == "chdir":
            self.directory = self.one(rest)
        elif word == "umask":
            self.umask = int(self.one(rest), 8)
        elif word == "limit":
            if rest[0] not in LIMITS:
                raise Refusal("Unknown limit type")
            pair = []
            for text in rest[1:3]:
                complaint = "Illegal limit, expected 'unlimited' or integer"
                pair.append(resource.RLIM_INFINITY if text == "unlimited" else number(text, complaint))
            self.limits.append((getattr(resource, "RLIMIT_" + LIMITS[rest[0]]), tuple(pair)))
        elif word == "console":
            if self.one(rest) not in ("none", "output", "owner", "log"):
                raise Refusal("Unknown parameter")
        elif word == "respawn" and not rest:
            self.respawn = True
        elif word == "respawn" and rest[0] == "limit":
            if rest[1:] == ["unlimited"]:
                self.limit = self.interval = 0
            else:
                self.limit = number(rest[1], "Illegal limit, expected 'unlimited' or integer")
                self.interval = number(rest[2], "Illegal interval, expected number of seconds")
        elif word == "normal" and rest[0] == "exit":
            for text in rest[1:] or [rest[1]]:
                self.normal.add(int(text) if text.isdigit() else -signal_number(text))
        elif word == "kill" and rest[0] == "signal":
            self.kill_signal = signal_number(self.one(rest[1:]))
        elif word == "kill" and rest[0] == "timeout":
            self.kill_timeout = number(self.one(rest[1:]), "Illegal interval, expected number of seconds")
        elif word == "reload" and rest[0] == "signal":
            self.reload_signal = signal_number(self.one(rest[1:]))
        elif word == "task" and not rest:
            self.task = True
        elif word == "instance":
            self.instance = self.one(rest)
        else:
            raise Refusal("Unknown stanza")

    @staticmethod
    def one(rest):
        if len(rest) != 1:
            raise Refusal("Expected token" if not rest else "Unexpected token")
        return rest[0]


# MARK: Running them


class Job:
    def __init__(self, job_class, name, env):
        self.job_class, self.name, self.env = job_class, name, env
        self.goal, self.state = "start", "starting"
        self.main = None
        self.failed = False
        self.respawn_time, self.respawns = 0.0, 0

    @property
    def title(self):
        return self.job_class.name + (f" ({self.name})" if self.name else "")

    @property
    def text(self):
        process = f", process {self.main.pid}" if self.main else ""
        return f"{self.title} {self.goal}/{self.state}{process}"


class Keeper:
    def __init__(self):
        self.lock = threading.Condition(threading.RLock())
        self.classes, self.best, self.seen = {}, {}, {}

    def log(self, text):
        with open("/proc/uptime") as file:
            now = float(file.read().split()[0])
        with open(LOG, "a") as file:
            file.write(f"[{now:12.6f}] init:{text}\n")

    # A definition takes the place of another only when no instance of that one is left.
    def reconsider(self, name):
        registered = self.classes.get(name)
        if registered and registered.jobs:
            return
        if self.best.get(name):
            self.classes[name] = self.best[name]
        else:
            self.classes.pop(name, None)

    # As if told by the kernel when a file changes: before anything is answered.
    def look(self, anew=False):
        found = {}
        for file in sorted(os.listdir(JOBS)):
            if not file.endswith(".conf") or file.startswith(".") or os.path.islink(f"{JOBS}/{file}"):
                continue
            status = os.stat(f"{JOBS}/{file}")
            found[file[:-5]] = (status.st_ino, status.st_mtime_ns, status.st_size)
        for name in set(found) | set(self.seen):
            if not anew and found.get(name) == self.seen.get(name):
                continue
            self.best[name] = None
            if name in found:
                try:
                    self.best[name] = JobClass(name).read(f"{JOBS}/{name}.conf")
                except Refusal as problem:
                    self.log(str(problem))
            self.reconsider(name)
        self.seen = found

    def spawn(self, job, which):
        job_class = job.job_class
        text, is_script = job_class.processes[which]
        if is_script or re.search(r"[~`!$^&*()=|\\{}\[\];\"'<>?]", text):
            arguments = ["/bin/sh", "-e", "-c", text if is_script else "exec " + text]
        else:
            arguments = text.split()
        environment = {"PATH": os.environ["PATH"], "TERM": "linux"}
        environment.update(job_class.env)
        environment.update(job.env)
        environment.update({"UPSTART_JOB": job_class.name, "UPSTART_INSTANCE": job.name})

        def prepare():
            os.umask(job_class.umask)
            for kind, pair in job_class.limits:
                resource.setrlimit(kind, pair)
            if job_class.user or job_class.group:
                user = pwd.getpwnam(job_class.user or "root")
                group = grp.getgrnam(job_class.group).gr_gid if job_class.group else user.pw_gid
                os.initgroups(user.pw_name, group)
                os.setgid(group)
                os.setuid(user.pw_uid)

        child = subprocess.Popen(
            arguments, env=environment, cwd=job_class.directory or "/", start_new_session=True, preexec_fn=prepare,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        return child

    # Runs one of the scripts around the main process. Others are answered meanwhile.
    def run(self, job, which):
        if which not in job.job_class.processes:
            return 0
        job.state = which
        child = self.spawn(job, which)
        self.lock.release()
        try:
            status = child.wait()
        finally:
            self.lock.acquire()
        if status:
            self.log(f" {job.title} {which} process ({child.pid}) {self.ending(status)}")
        return status

    @staticmethod
    def ending(status):
        if status < 0:
            return f"killed by {signal.Signals(-status).name[3:]} signal"
        return f"terminated with status {status}"

    def emit(self, event, name):
        for job_class in list(self.classes.values()):
            if [event, name] in job_class.start_on:
                try:
                    self.start(job_class, {})
                except Refusal:
                    pass

    def instance_name(self, job_class, env):
        def value(match):
            if match[1] not in env:
                raise Refusal(f"Unknown parameter: {match[1]}")
            return env[match[1]]

        return re.sub(r"\$\{?(\w+)\}?", value, job_class.instance)

    def start(self, job_class, env):
        name = self.instance_name(job_class, {**job_class.env, **env})
        job = job_class.jobs.get(name)
        if job and job.goal == "start":
            raise Refusal(f"Job is already running: {job.title}")
        while job_class.jobs.get(name):
            self.lock.wait()
        job = job_class.jobs[name] = Job(job_class, name, env)
        self.begin(job)
        if job_class.task:
            while job.state != "waiting":
                self.lock.wait()
        if job.failed:
            raise Refusal("Job failed to start")
        return f"{job_class.name} stop/waiting" if job.state == "waiting" else job.text

    def begin(self, job):
        job.state = "starting"
        self.emit("starting", job.job_class.name)
        if self.run(job, "pre-start") or job.goal == "stop":
            job.failed = job.goal == "start"
            job.goal = "stop"
            self.end(job)
            return
        if "main" in job.job_class.processes:
            job.main = self.spawn(job, "main")
            threading.Thread(target=self.watch, args=(job, job.main), daemon=True).start()
        self.run(job, "post-start")
        job.state = "running"
        self.lock.notify_all()

    def watch(self, job, child):
        # Until it may be reaped its number is its own; `main` names it until then.
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        with self.lock:
            status = child.wait()
            job.main = None
            self.lock.notify_all()
            if job.goal == "stop" or job.state == "killed":
                return
            if status and status not in job.job_class.normal:
                self.log(f" {job.title} main process ({child.pid}) {self.ending(status)}")
            if not job.job_class.respawn or status in job.job_class.normal or (
                job.job_class.task and not status
            ):
                job.goal = "stop"
                self.end(job)
            elif self.ran_away(job):
                self.log(f" {job.title} respawning too fast, stopped")
                job.goal = "stop"
                self.end(job)
            else:
                self.log(f" {job.title} main process ended, respawning")
                self.run(job, "post-stop")
                if job.goal == "start":
                    self.begin(job)
                else:
                    self.gone(job)

    @staticmethod
    def ran_away(job):
        limit, interval = job.job_class.limit, job.job_class.interval
        if not limit or not interval:
            return False
        if time.monotonic() - job.respawn_time >= interval:
            job.respawn_time, job.respawns = time.monotonic(), 0
        job.respawns += 1
        return job.respawns > limit

    def kill(self, job):
        self.run(job, "pre-stop")
        job.state = "killed"
        child = job.main
        if child:
            self.signal(child, job.job_class.kill_signal)
            end = time.monotonic() + job.job_class.kill_timeout
            while job.main is child:
                left = end - time.monotonic()
                if left <= 0:
                    self.signal(child, signal.SIGKILL)
                    left = 60
                    end = time.monotonic() + left
                self.lock.wait(left)

    # The whole group, and no other: while `main` names it, it has not been reaped.
    @staticmethod
    def signal(child, number):
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            pass

    def end(self, job):
        self.run(job, "post-stop")
        self.gone(job)

    def gone(self, job):
        job.state = "waiting"
        job.job_class.jobs.pop(job.name, None)
        self.reconsider(job.job_class.name)
        self.lock.notify_all()
        self.emit("stopped", job.job_class.name)

    def find(self, job_class, env):
        name = self.instance_name(job_class, {**job_class.env, **env})
        job = job_class.jobs.get(name)
        if not job or job.goal == "stop":
            raise Refusal(f"Unknown instance: {name}")
        return job

    def stop(self, job_class, env):
        job = self.find(job_class, env)
        between = job.state != "running"
        job.goal = "stop"
        if between:
            while job.state != "waiting":
                self.lock.wait()
        else:
            self.kill(job)
            self.end(job)
        return f"{job_class.name} stop/waiting"

    # The same job goes on, with the definition that it began with.
    def restart(self, job_class, env):
        job = self.find(job_class, env)
        self.kill(job)
        self.run(job, "post-stop")
        self.begin(job)
        return job.text

    def answer(self, request):
        command, parameters = request[0], request[1:]
        if command == "version":
            return "init (upstart 1.13.2)"
        if command == "reload-configuration":
            self.look(anew=True)
            return ""
        self.look()
        if command == "check-config":
            return ""
        if command == "list":
            lines = []
            for name, job_class in self.classes.items():
                jobs = [job.text for job in job_class.jobs.values()]
                lines += jobs or [f"{name} stop/waiting"]
            return "\n".join(lines)
        name, env = parameters[0], dict(text.split("=", 1) for text in parameters[1:])
        job_class = self.classes.get(name)
        if not job_class:
            raise Refusal(f"Unknown job: {name}")
        if command == "start":
            return self.start(job_class, env)
        if command == "stop":
            return self.stop(job_class, env)
        if command == "restart":
            return self.restart(job_class, env)
        if command == "reload":
            job = self.find(job_class, env)
            if job.main:
                os.kill(job.main.pid, job.job_class.reload_signal)
            return ""
        if command == "status":
            try:
                job = job_class.jobs.get(self.instance_name(job_class, env))
            except Refusal:
                job = None
            return job.text if job else f"{name} stop/waiting"
        raise Refusal(f"invalid command: {command}")

    def serve(self, connection):
        with connection:
            try:
                request = json.loads(connection.makefile().readline())
                with self.lock:
                    reply = [0, self.answer(request)]
            except Refusal as problem:
                reply = [1, str(problem)]
            connection.sendall(json.dumps(reply).encode() + b"\n")


def keep():
    os.makedirs(PLACE, exist_ok=True)
    open(LOG, "a").close()
    keeper = Keeper()
    with keeper.lock:
        keeper.look()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(SOCKET)
        listener.listen(64)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=keeper.serve, args=(connection,), daemon=True).start()


def ask(request):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        connection.sendall(json.dumps(request).encode() + b"\n")
        status, text = json.loads(connection.makefile().readline())
    if status:
        sys.stderr.write(f"initctl: {text}\n")
    elif text:
        print(text)
    return status


if __name__ == "__main__":
    called = os.path.basename(sys.argv[0])
    if called == "initctl":
        sys.exit(ask(sys.argv[1:]))
    elif sys.argv[1:] == ["init"]:
        keep()
    else:
        sys.exit(ask([called] + sys.argv[1:]))
