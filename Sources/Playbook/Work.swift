package import Events
package import HostSide
package import Supervision

/// What a task comes to on one host, when everything in it is known. One type per kind of task.
package protocol Work: Sendable {
    /// What must be seen of the host before it can be said what there is to do.
    var looks: [Look] { get }

    /// Compares what is with what is wanted. Pure; asked again whenever the host has been looked at again.
    func decide(_ seen: Sightings) -> Decision

    /// What may be sent without having looked again, although an earlier step of the same program may have changed what
    /// was seen: the host looks at its conditions itself. Nil where only another look can tell.
    var conditional: Operation? { get }

    /// All that it is made of, for telling whether it is still the same; of contents the sum will do.
    var written: [String] { get }

    /// The part of it that everybody may know although there are secrets in it.
    var writtenOpenly: [String] { get }

    /// How long it may take where nobody said so; nil is as usual.
    var usualTimeout: Duration? { get }

    /// What says, after it failed, whether something that is to run is down; nil where nothing of the kind can be.
    var aftermath: Look? { get }
    func isDown(_ seen: Sighting?) -> Bool
}

extension Work {
    package var written: [String] { ["\(self)"] }
    package var conditional: Operation? { nil }
    package var writtenOpenly: [String] { [] }
    package var usualTimeout: Duration? { nil }
    package var aftermath: Look? { nil }
    package func isDown(_ seen: Sighting?) -> Bool { false }
}

/// What there is to do.
package enum Decision: Sendable {
    /// Nothing. The note is a word more about why, where it is not plain.
    case none(note: String? = nil)
    /// The host is brought to what is wanted, and it is known what that will change.
    case change(Change)
    /// It takes the sum of this large file to tell.
    case unsummed(String)
    /// Something is carried out whose outcome shows only then: a command, a check.
    case carryOut(Operation)
    /// A part of a release's coming, which takes several steps and watches each. The words are for plans.
    case deploy(Deployment, words: [String])
    /// The run waits; nothing happens on the host.
    case pause(Pause)
    /// It cannot be done, and nothing was changed.
    case impossible(HostResult.Problem)
}

/// A change that is known in advance.
package struct Change: Sendable {
    package var operation: Operation
    /// A few words each: `created`, `content`, `mode 0644 -> 0600`.
    package var words: [String]
    /// What a diff would show: of each file that gets another content which is no secret.
    package var differences: [Difference] = []
    package var difference: Difference? { differences.first }
    /// Why it cannot be made as the host is now; a task before it may do something about that.
    package var obstacles: [Obstacle] = []
    /// How long it may take where nobody said so, as far as that shows only on the host.
    package var timeout: Duration?
    /// The same as a part of something larger: a release that its services are restarted for.
    package var service: ServiceChange?
    /// Paths that it changes, for knowing which later tasks must be looked at again.
    package var paths: [String]

    /// The two sides of a file. The old one is read from the host only where a diff is wanted.
    package struct Difference: Sendable {
        package var path: String
        /// Nil where there was no file.
        package var old: Look?
        /// Nil where the file is removed.
        package var new: [UInt8]?
        /// Said instead of contents that not everybody on the host may read: plans are kept and sent around.
        package var hidden: String?

        package init(path: String, old: Look?, new: [UInt8]?) {
            self.path = path
            self.old = old
            self.new = new
        }

        /// The same, with nothing but its size if any of these modes keeps others from reading it.
        func hidden(sizes: String, _ modes: [UInt16]) -> Difference {
            guard let mode = modes.first(where: { $0 & 0o004 == 0 }) else { return self }
            var difference = Difference(path: path, old: nil, new: nil)
            difference.hidden = "(content of a file of mode \(Mode.text(mode)) is not shown; \(sizes))\n"
            return difference
        }
    }

    package init(_ operation: Operation, words: [String], difference: Difference? = nil, paths: [String]) {
        self.operation = operation
        self.words = words
        differences = difference.map { [$0] } ?? []
        self.paths = paths
    }
}

/// What a change would fail on.
package struct Obstacle: Sendable, Equatable {
    package enum Remedy: Sendable, Equatable {
        /// This directory is made.
        case directory(String)
        /// What is at or above this path gives way.
        case way(String)
        /// Only a command could do it.
        case command
    }

    package var problem: HostResult.Problem
    package var remedy: Remedy

    package init(_ problem: HostResult.Problem, remedy: Remedy) {
        self.problem = problem
        self.remedy = remedy
    }
}

/// A wait of the whole run.
package struct Pause: Sendable, Equatable {
    /// Nil: until somebody answers.
    package var duration: Duration?
    package var prompt: String?

    package init(duration: Duration?, prompt: String?) {
        self.duration = duration
        self.prompt = prompt
    }
}
