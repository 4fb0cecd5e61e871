extension HandoverProfile {
    /// Every profile that needs no more than its name. A new server is a line here.
    package static let all: [HandoverProfile] = [gunicorn18, gunicorn19, gunicorn, nginx, unicorn]

    /// 19.6 and newer: the new master has a file of its own, and takes the usual one when its parent has gone.
    package static let gunicorn: HandoverProfile = {
        var profile = HandoverProfile(
            name: "gunicorn",
            command: "gunicorn",
            sideSuffix: ".2",
            sideHolds: .new,
            // QUIT and TERM changed places in 19.0: QUIT cuts requests.
            finalStop: .term,
            newStop: [.term, .quit]
        )
        profile.raise = .ttin
        profile.killRemovesPidFile = true
        return profile
    }()

    /// 19.0 to 19.5: the old master moves aside.
    package static let gunicorn19: HandoverProfile = {
        var profile = gunicorn
        profile.name = "gunicorn-19.0"
        (profile.sideSuffix, profile.sideHolds) = (".oldbin", .old)
        // A reload writes the pid file anew, and gives up where that names a process that lives: the new master.
        profile.revive = .ttin
        profile.killRemovesPidFile = false
        return profile
    }()

    /// 18 and older: as 19.0, with the signals that nginx and unicorn have.
    package static let gunicorn18: HandoverProfile = {
        var profile = gunicorn19
        profile.name = "gunicorn-18"
        profile.finalStop = .quit
        profile.newStop = [.quit, .term]
        return profile
    }()

    package static let nginx: HandoverProfile = {
        var profile = HandoverProfile(
            name: "nginx",
            command: "nginx: master process",
            sideSuffix: ".oldbin",
            sideHolds: .old,
            finalStop: .quit,
            newStop: [.quit, .term]
        )
        // A HUP without a drain before starts a second set of workers.
        profile.revival = .evidence
        // Cache managers and loaders are children too.
        profile.workerTitle = "nginx: worker process"
        profile.drainingTitle = "is shutting down"
        profile.mustAnswerFirst = false
        profile.bootSeconds = 15
        return profile
    }()

    package static let unicorn: HandoverProfile = {
        var profile = HandoverProfile(
            name: "unicorn",
            command: "unicorn",
            sideSuffix: ".oldbin",
            sideHolds: .old,
            finalStop: .quit,
            newStop: [.quit, .term]
        )
        profile.raise = .ttin
        // Its workers have 60 s to end by default.
        profile.stopSeconds = 70
        return profile
    }()
}
