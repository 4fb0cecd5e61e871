/// A signal by its name, which is the same on every host.
package enum Signal: String, Sendable, CaseIterable {
    case hup = "HUP"
    case int = "INT"
    case quit = "QUIT"
    case abrt = "ABRT"
    case kill = "KILL"
    case usr1 = "USR1"
    case usr2 = "USR2"
    case pipe = "PIPE"
    case alrm = "ALRM"
    case term = "TERM"
    case cont = "CONT"
    case tstp = "TSTP"
    case ttin = "TTIN"
    case ttou = "TTOU"
    case winch = "WINCH"

    /// `TERM` or `SIGTERM`.
    package init?(_ text: String) {
        self.init(rawValue: text.hasPrefix("SIG") ? String(text.dropFirst(3)) : text)
    }

    package var name: String { rawValue }

    /// On Linux, other than on MIPS, Alpha and SPARC.
    package var number: Int {
        switch self {
        case .hup: 1
        case .int: 2
        case .quit: 3
        case .abrt: 6
        case .kill: 9
        case .usr1: 10
        case .usr2: 12
        case .pipe: 13
        case .alrm: 14
        case .term: 15
        case .cont: 18
        case .tstp: 20
        case .ttin: 21
        case .ttou: 22
        case .winch: 28
        }
    }
}

/// How a process ended.
package enum Exit: Sendable, Hashable {
    case status(Int)
    case signal(Signal)
}
