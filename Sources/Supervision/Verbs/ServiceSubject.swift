/// What is looked at and changed.
package enum ServiceSubject: Hashable, Sendable {
    /// A service that Baton defines: its manifest on the host says the rest.
    case service(String)
    /// What a supervisor knows by this name and Baton did not define; nil for whichever the host has.
    case unit(String, Supervisor?)

    package var name: String {
        switch self {
        case .service(let name), .unit(let name, _): name
        }
    }
}

/// What is done to all members of a service, one after another, and seen to have come true.
package enum ServiceVerb: String, Sendable, CaseIterable {
    case start
    case stop
    case restart
    /// What does not run is started.
    case reload
    case status
    /// Stopped, forgotten by its supervisor, and its files taken away.
    case remove
}

/// What a service is to be once its definition is in place.
package enum WantedState: String, Sendable, CaseIterable {
    /// It runs, and what was born with another definition is restarted.
    case started
    case stopped
    /// All members are restarted, whether they are due or not.
    case restarted
    /// Those that are due are restarted, the others reloaded.
    case reloaded
}
