# The test service for unicorn and puma: paths and controls as in docs/testing-load.md.
require "rack"

# Through the link `current` this is whatever it points to at the moment, as for any application that is loaded again.
folder = File.dirname(File.expand_path(__FILE__))
load "#{folder}/fixture.rb"
fixture = Fixture.new(folder)
fixture.boot

# Seeded per process: the same run kills the same requests, and workers do not all die together.
chance = Random.new(fixture.behaviour("seed", "1").to_i + Process.pid)
lock = Mutex.new
served = 0

crash = lambda do |how|
  exit!(1) if how == "exit"
  Process.kill(how == "abort" ? :ABRT : :KILL, Process.pid)
  sleep 1
end

maybe_crash = lambda do
  number, draw = lock.synchronize { [served += 1, chance.rand] }
  every = fixture.behaviour("crash_every").to_i
  crash.call("kill") if every.positive? && (number % every).zero?
  crash.call("kill") if draw < fixture.seconds(fixture.behaviour("crash_chance", "0"))
end

run(
  lambda do |env|
    request = Rack::Request.new(env)
    release = fixture.behaviour("release", fixture.release)
    status = fixture.behaviour("status", "200").to_i
    maybe_crash.call
    sleep(fixture.seconds(fixture.behaviour("delay", "0")))
    lines = ["release=#{release}", "pid=#{Process.pid}"]
    chunks = 1
    case request.path_info
    when "/slow"
      sleep([fixture.seconds(request.GET.fetch("seconds", "1")), 30.0].min)
    when "/upload"
      count = 0
      while (piece = env["rack.input"].read(65_536))
        count += piece.bytesize
      end
      lines << "received=#{count}"
    when "/crash"
      crash.call(request.GET.fetch("how", "kill"))
    when "/status"
      status = request.GET.fetch("code", "200").to_i
    when "/health"
      status = 503 unless fixture.behaviour("healthy", "yes") == "yes"
    when "/chunked"
      chunks = 5
    end
    body = lines.join("\n") + "\n"
    fields = { "Content-Type" => "text/plain", "X-Release" => release, "X-Pid" => Process.pid.to_s }
    fields["Content-Length"] = body.bytesize.to_s if chunks == 1
    [status, fields, [body] * chunks]
  end
)
