import Arguments
import Events
import Lab
import Report

/// `baton lab`: a throwaway fleet on this machine.
enum LabCommand {
    static let directory = Option.value(
        "--directory",
        as: .path(.directory, named: "DIR"),
        default: ".lab",
        help: "Where the lab lives."
    )
    static let count = Operand.optional(
        as: .wholeNumber(in: 1...Lab.sizeLimit, named: "N"),
        help: "How many hosts; 3 if not said."
    )
    static let output = CommonOptions.output

    static let declaration = CommandDeclaration(
        name: "lab",
        abstract: "Run a throwaway fleet on this machine to try everything on.",
        discussion: """
            Each host is an unprivileged sshd on a loopback port, with its own directory as home. The lab's inventory \
            is DIR/inventory.yml.
            """,
        options: [directory],
        subcommands: [
            CommandDeclaration(
                name: "up",
                abstract: "Start the fleet.",
                examples: [.init("baton lab up 5", "Five hosts in .lab.")],
                operands: [count]
            ),
            CommandDeclaration(name: "status", abstract: "Show its hosts.", options: [output]),
            CommandDeclaration(
                name: "down",
                abstract: "End the fleet and remove everything of it, also after a crash."
            ),
        ]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let lab = Lab(
            directory: context.path(parsed[directory]),
            user: context.user,
            environment: context.environment,
            on: context.loop
        )
        do throws(Lab.Failure) {
            switch parsed.commandPath.last {
            case "up": return try await up(lab, parsed, context)
            case "down":
                let count = try await lab.down()
                context.stderr.write(count == 0 ? "there is no lab\n" : "\(HostList.count(count)) of the lab ended\n")
                return .done
            default: return await status(lab, parsed, context)
            }
        } catch {
            throw CommandError(error.message, hint: error.hint, exit: .usage)
        }
    }

    private static func up(_ lab: Lab, _ parsed: Parsed, _ context: Context) async throws(Lab.Failure)
        -> Events.ExitCode
    {
        let hosts = try await lab.up(parsed[count] ?? 3)
        context.stdout.write(lab.layout.inventory + "\n")
        context.stdout.flush()
        let count = HostList.count(hosts.count)
        context.stderr.write("\(count) up; try: baton exec -i \(lab.layout.inventory) -- uptime\n")
        return .done
    }

    private static func status(_ lab: Lab, _ parsed: Parsed, _ context: Context) async -> Events.ExitCode {
        let hosts = await lab.status()
        switch parsed[output] ?? .text {
        case .text:
            if hosts.isEmpty { context.stderr.write("there is no lab\n") }
            for host in hosts {
                let state = host.pid.map { "up, pid \($0)" } ?? "down"
                context.stdout.write("\(host.name)  127.0.0.1:\(host.port)  \(state)\n")
            }
        case .json, .jsonl:
            let list = hosts.map { host in
                JSON.members([
                    "host": .string(host.name), "port": .integer(Int(host.port)), "up": .bool(host.isUp),
                    "pid": host.pid.map { .integer(Int($0)) },
                ])
            }
            context.stdout.write(
                JSON.members(["schema": .string("baton.lab/1"), "hosts": .array(list)]).line + "\n"
            )
        }
        return .done
    }
}
