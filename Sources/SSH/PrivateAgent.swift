package import Reactor
import Text

/// An ssh-agent of this run's own, for key files with a passphrase: each is decrypted once, by OpenSSH's own code, however
/// many hosts it logs in to. (libssh2 would do it once per host, at a quarter of a second of CPU each.)
///
/// The passphrase goes through a pipe: ours to ssh-add, whose askpass copies it from there. It is in no argument list, no
/// environment and no file. The agent ends when Baton does, in whatever way: it is started with a command, and that
/// command waits for the end of a pipe which only Baton holds open, then ends the agent and removes what it left.
package final class PrivateAgent: @unchecked Sendable {
    // Unchecked: confined to the loop's thread, and every entry says so with a precondition.

    package enum Failure: Error, Equatable, Sendable {
        case wrongPassphrase
        /// `ssh-agent` or `ssh-add` is not on PATH.
        case missingTool(String)
        /// Everything else, as the end of the sentence "the key file PATH ...".
        case failed(String)
    }

    package let agent: Agent
    private let loop: Loop
    private let directory: String
    private let environment: [String: String]
    private let holder: RunningChild
    private var unlocked: [String: AgentKey] = [:]
    private var isBusy = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    /// Far above what the slowest decryption takes; ssh-keygen's `-a` can make it a minute.
    private static let addDeadline: Duration = .seconds(120)
    private static let startDeadline: Duration = .seconds(30)

    private init(_ directory: String, _ environment: [String: String], _ holder: RunningChild, _ loop: Loop) {
        self.directory = directory
        self.environment = environment
        self.holder = holder
        self.loop = loop
        agent = Agent(Self.socket(directory), on: loop)
    }

    // MARK: Starting

    /// Starts the agent in a directory of its own, in the first of `places` where one can be made and programs may run.
    package static func start(
        in places: [String],
        environment: [String: String],
        on loop: Loop
    ) async throws(Failure) -> PrivateAgent {
        loop.preconditionOnLoop()
        for tool in ["ssh-agent", "ssh-add"] where Loop.executable(tool, path: environment["PATH"] ?? "") == nil {
            throw .missingTool(tool)
        }
        let directory = try makeDirectory(in: places)
        let reason: String
        do throws(SystemError) {
            let holder = try RunningChild(command(directory), environment: environment, on: loop)
            guard let problem = await firstLine(of: holder, loop) else {
                return PrivateAgent(directory, environment, holder, loop)
            }
            holder.close()
            reason = problem
        } catch {
            reason = error.description
        }
        try? Files.removeTree(directory)
        throw .failed("needs an ssh-agent of its own, which does not start: \(reason)")
    }

    private static func socket(_ directory: String) -> String { "\(directory)/agent" }
    private static func askpass(_ directory: String) -> String { "\(directory)/askpass" }
    private static func asked(_ directory: String) -> String { "\(directory)/asked" }

    /// What is run: an agent for as long as the command behind it, which lasts as long as its input.
    static func command(_ directory: String) -> [String] {
        let text = """
            echo "$SSH_AGENT_PID"
            read -r line
            kill "$SSH_AGENT_PID"
            rm -f "$1/agent" "$1/askpass"
            rmdir "$1/asked" 2>/dev/null
            rmdir "$1"
            """
        return ["ssh-agent", "-a", socket(directory), "/bin/sh", "-c", text, "baton-agent", directory]
    }

    /// Asked a second time, ssh-add has found the passphrase wrong.
    private static let askpassText = """
        #!/bin/sh
        mkdir "$BATON_ASKED" 2>/dev/null || { echo "\(askedAgain)" >&2; exit 1; }
        exec cat

        """
    private static let askedAgain = "baton: asked again"

    private static func makeDirectory(in places: [String]) throws(Failure) -> String {
        var reasons: [String] = []
        for place in places where place.hasPrefix("/") {
            do throws(SystemError) {
                let directory = try Files.makeTemporaryDirectory(in: place, prefix: "baton-")
                try Files.write(Array(askpassText.utf8), to: askpass(directory), mode: 0o700)
                // An address of a socket has room for about a hundred bytes.
                if Files.isExecutable(askpass(directory)), socket(directory).utf8.count < 100 { return directory }
                try Files.removeTree(directory)
                reasons.append("\(place) allows no programs or has too long a name")
            } catch {
                reasons.append(error.description)
            }
        }
        let why = reasons.map { Printable.line($0, limit: 200) }.joined(separator: "; ")
        throw .failed("needs a private directory for an ssh-agent, and there is none: \(why)")
    }

    /// Waits until the command behind the agent runs, for then its socket is there; says what is wrong instead.
    private static func firstLine(of holder: RunningChild, _ loop: Loop) async -> String? {
        await withCheckedContinuation { (continuation: CheckedContinuation<String?, Never>) in
            var errors: [UInt8] = []
            func finish(_ reason: String?) {
                // Whatever it says later is read and dropped.
                holder.handler = { _ in }
                continuation.resume(returning: reason)
            }
            let timer = loop.after(startDeadline) { finish("it said nothing within \(Int(startDeadline.inSeconds)) s") }
            holder.handler = { event in
                switch event {
                case .received(.output, _):
                    loop.cancel(timer)
                    finish(nil)
                case .received(.errors, let bytes): errors += bytes.prefix(1000 - min(1000, errors.count))
                case .ended(.output):
                    loop.cancel(timer)
                    finish(Printable.sentence(errors, limit: 200))
                default: break
                }
            }
        }
    }

    // MARK: Unlocking

    /// Decrypts a key file into the agent; one at a time. `blob` is its public half, where `KeyFile` could tell.
    package func unlock(_ path: String, passphrase: [UInt8], blob: [UInt8]?) async throws(Failure) -> AgentKey {
        loop.preconditionOnLoop()
        await take()
        defer { release() }
        if let key = unlocked[path] { return key }
        // What an askpass can hand over is one line of at most a thousand bytes.
        guard !passphrase.isEmpty, passphrase.count < 1000, !passphrase.contains(where: { [0, 10, 13].contains($0) })
        else { throw .wrongPassphrase }
        let before = try await identities()
        try await add(path, passphrase)
        let after = try await identities()
        let old = Set(before.map(\.blob))
        let name = Printable.sentence(Array(path.utf8), limit: 100) + " (agent)"
        // A file that does not tell its public half is the key that is new, or the one that bears its name: ssh-add
        // calls keys from PEM files by their file, and renames a key that it adds again.
        let key =
            blob.map { blob in after.first { $0.blob == blob } }
            ?? after.first { !old.contains($0.blob) } ?? after.first { $0.name == name }
        guard let key else { throw .failed("was added to the run's agent, which does not show it") }
        unlocked[path] = key
        return key
    }

    private func identities() async throws(Failure) -> [AgentKey] {
        do throws(AgentError) {
            return try await agent.identities(again: true).keys
        } catch {
            throw .failed("cannot be unlocked: \(error)")
        }
    }

    private func add(_ path: String, _ passphrase: [UInt8]) async throws(Failure) {
        var environment = environment
        environment["SSH_AUTH_SOCK"] = agent.path
        environment["SSH_ASKPASS"] = Self.askpass(directory)
        environment["SSH_ASKPASS_REQUIRE"] = "force"
        // Before 8.4 there is no such word, and a display is what makes it use an askpass.
        environment["DISPLAY"] = environment["DISPLAY"] ?? "none"
        environment["BATON_ASKED"] = Self.asked(directory)
        try? Files.removeTree(Self.asked(directory))
        let file = path.hasPrefix("-") ? "./\(path)" : path
        var request = ChildRequest(["ssh-add", "-q", file], environment: environment)
        request.input = passphrase + [10]
        request.deadline = Self.addDeadline
        request.outputLimit = 64 * 1024
        let result: ChildResult
        do throws(SystemError) {
            result = try await loop.run(request)
        } catch {
            throw .failed("cannot be unlocked: \(error)")
        }
        if result.succeeded { return }
        if result.errors.contains(Self.askedAgain) { throw .wrongPassphrase }
        if result.status == .timedOut {
            throw .failed("cannot be unlocked: ssh-add did not end within \(Int(Self.addDeadline.inSeconds)) s")
        }
        let said = Printable.sentence(result.stderr, limit: 300)
        let hint = Files.exists(Self.asked(directory)) ? "" : " (it did not ask for the passphrase)"
        throw .failed("cannot be unlocked: ssh-add says \"\(said)\"\(hint)")
    }

    private func take() async {
        if isBusy { await withCheckedContinuation { queue.append($0) } }
        isBusy = true
    }

    private func release() {
        isBusy = false
        if !queue.isEmpty {
            // Taken over without a gap, so that nobody gets in between.
            isBusy = true
            queue.removeFirst().resume()
        }
    }

    // MARK: Ending

    /// Ends the agent, and waits until nothing is left of it, at most two seconds. Without this it ends with Baton.
    package func close() async {
        loop.preconditionOnLoop()
        agent.close()
        if holder.exit != nil { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            func finish() {
                holder.handler = nil
                continuation.resume()
            }
            let timer = loop.after(.seconds(2), finish)
            holder.handler = { [loop] event in
                guard case .exited = event else { return }
                loop.cancel(timer)
                finish()
            }
            holder.closeInput()
        }
    }
}
