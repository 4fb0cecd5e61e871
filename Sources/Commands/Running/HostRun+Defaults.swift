import Arguments
import CSystem
import ClientConfig
import Events
import Fleet

extension HostRun {
    /// What the command line and the surroundings say for all hosts; asks for the passwords that it wants asked for.
    static func defaults(
        _ parsed: Parsed,
        _ context: Context,
        _ secrets: Redactor
    ) throws(CommandError) -> Access.Defaults {
        var defaults = Access.Defaults(user: context.user, home: context.home)
        if let user = parsed[CommonOptions.user] { (defaults.user, defaults.isUserGiven) = (user, true) }
        defaults.privateKey = parsed[CommonOptions.privateKey].map(context.path)
        defaults.become = parsed[CommonOptions.become]
        defaults.becomeUser = parsed[CommonOptions.becomeUser]
        defaults.acceptsNewHostKeys = parsed[CommonOptions.acceptNewHostKeys]
        defaults.connectTimeout = parsed[CommonOptions.connectTimeout]
        defaults.environment = context.environment
        defaults.accountHome = context.homeOf(context.user)
        defaults.askSecret = context.askSecret
        let environment = context.environment
        defaults.surroundings = ConfigSurroundings(
            user: context.user,
            home: context.home,
            userID: context.userID,
            hostName: context.hostName,
            environment: { environment[$0] },
            homeOf: context.homeOf
        )
        if parsed[CommonOptions.askPassword] {
            let password = try ask("SSH password: ", "-k", "ansible_password", context)
            defaults.password = password
            secrets.add(password)
        }
        if parsed[CommonOptions.askBecomePassword] {
            // Often they are the same; Ansible's users are used to an empty answer meaning that.
            let same = defaults.password == nil ? "" : " (empty: the SSH password)"
            var password = try ask("sudo password\(same): ", "-K", "ansible_become_password", context)
            if password.isEmpty { password = defaults.password ?? "" }
            defaults.becomePassword = password
            secrets.add(password)
        }
        return defaults
    }

    private static func ask(
        _ prompt: String,
        _ option: String,
        _ variable: String,
        _ context: Context
    ) throws(CommandError) -> String {
        guard let ask = context.askSecret else {
            throw CommandError("\(option) needs a terminal to ask on", hint: "in CI, set \(variable) instead")
        }
        switch ask(prompt) {
        case .answer(let password): return password
        case .nothing: throw CommandError("no password was given")
        case .interrupted: throw CommandError("interrupted: nothing was contacted", exit: .interrupted)
        }
    }
}
