# What a release of the test service does, read from files and the environment, as in ../python/fixture.py. Read anew
# by every worker that boots: required files would stay those of the release that the master began with.
class Fixture
  # No test lasts as long; nothing of a test may outlive it by much either.
  LONGEST = 120.0

  attr_reader :release

  def initialize(folder)
    @folder = folder
    @release = text("#{folder}/RELEASE").strip
  end

  def shared
    ENV["FIXTURE_SHARED"] || "#{@folder}/../../shared"
  end

  def behaviour(key, default = "")
    ["#{@folder}/behaviour", "#{shared}/behaviour"].each do |path|
      text(path).each_line do |line|
        name, value = line.split("=", 2)
        return value.strip if value && name.strip == key
      end
    end
    ENV.fetch("FIXTURE_#{key.upcase}", default)
  end

  def seconds(text)
    Float(text).clamp(0.0, LONGEST)
  rescue ArgumentError
    0.0
  end

  # What happens when a worker loads the application.
  def boot
    sleep(seconds(behaviour("boot_seconds", "0")))
    check_settings
    case behaviour("boot", "ok")
    when "fail"
      refuse "release #{release} was told not to boot"
    when "hang"
      sleep(LONGEST)
      raise "release #{release} has hung for long enough"
    when "exit"
      exit!(behaviour("exit_code", "1").to_i)
    end
    die_later unless behaviour("die_after").empty?
    $stderr.puts "release #{release} booted"
    $stderr.flush
  end

  private

  def text(path)
    File.open(path) { |file| file.read(4096) || "" }
  rescue Errno::ENOENT
    ""
  end

  # The settings of one release are nonsense to any other: their first line names the release they are for.
  def check_settings
    first = text("#{shared}/settings").lines.first
    return if first.nil? || first.chomp == "settings of release #{release}"

    refuse "release #{release} cannot read #{shared}/settings: #{first[0, 80].inspect}"
  end

  # puma logs where an application failed, and not why.
  def refuse(reason)
    $stderr.puts reason
    $stderr.flush
    raise reason
  end

  def die_later
    code = behaviour("exit_code", "1").to_i
    wait = seconds(behaviour("die_after"))
    Thread.new do
      sleep(wait)
      exit!(code)
    end
  end
end
