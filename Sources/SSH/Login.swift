import Text

/// A way to prove who one is, in the words of the protocol.
package enum LoginMethod: String, Sendable, CaseIterable {
    case publicKey = "publickey"
    case prompts = "keyboard-interactive"
    case password

    /// As OpenSSH's client prefers them.
    package static let usualOrder: [LoginMethod] = [.publicKey, .prompts, .password]
}

/// What is tried next to log in, and what a refusal means. A value without I/O; part of `Lifecycle`.
///
/// sshd counts every refused key and password against MaxAuthTries (6 by default), and since 9.8 remembers addresses that
/// fail: few things are tried, the same one never twice. The question what a server accepts is free as the first thing
/// that is said, and counts like a refusal later on.
struct Login {
    enum Action: Equatable {
        case offer(key: Int)
        case listMethods
        case password
        case answerPrompts
        case open
        case fail(SSHError)
    }

    struct Facts {
        var address: String
        var user: String
        /// `TYPE FINGERPRINT (NAME)` of each key.
        var keys: [String] = []
        var hasPassword = false
        var order = LoginMethod.usualOrder
        /// What an earlier connection to the same server tried.
        var alreadyTried: [String] = []
        var asksFirst = false
        /// Said beside the rest when nobody gets in.
        var remarks: [String] = []
    }

    enum Answer: Equatable {
        case accepted
        /// The key is not wanted, or the password is wrong.
        case refused
        /// The signature was made and did not open the door: refused, or the server wants something more.
        case notEnough
        case methods([String])
        /// This side could not do it, such as an agent that does not sign.
        case unable(String)
        /// The server asks what a password does not answer.
        case unanswerable(String)
        case hungUp
    }

    static let keyLimit = 5

    private let facts: Facts
    private var tried: [String]
    private var current: String?
    private var accepted: [String]?
    private var used: Set<LoginMethod> = []
    private var remarks: [String] = []
    private var wasPartial = false
    private var passwordWentOut = false
    private var askedAfterPassword = false
    /// How many keys the server has seen; those behind were not tried.
    private(set) var offered = 0
    private var signaturesSent = 0

    init(_ facts: Facts) {
        self.facts = facts
        tried = facts.alreadyTried
    }

    /// What was tried, for the next connection's words.
    var history: [String] { tried }

    mutating func start() -> Action {
        // With a password the order of methods matters; with many keys the question must come before they count.
        let asks = facts.hasPassword || facts.keys.count >= Self.keyLimit || facts.asksFirst || !wants(.publicKey)
        return asks || facts.keys.isEmpty ? .listMethods : next()
    }

    mutating func answered(_ answer: Answer) -> Action {
        switch answer {
        case .accepted: return .open
        case .methods(let names):
            // A server that went over to other methods after a signature has accepted it as the first of two proofs.
            if signaturesSent > 0, !names.contains(LoginMethod.publicKey.rawValue) { wasPartial = true }
            accepted = names.map { Printable.line($0, limit: 40) }
            return next()
        case .refused:
            let wasPassword = current.map { !$0.hasPrefix(LoginMethod.publicKey.rawValue) } ?? false
            settle()
            // A password may be the first of two proofs as well: then keys are wanted now that were not before.
            if wasPassword, !askedAfterPassword, offered < facts.keys.count, accepted?.contains("publickey") == false {
                askedAfterPassword = true
                return .listMethods
            }
            return next()
        case .notEnough:
            settle()
            signaturesSent += 1
            // The first proof of two, or a refusal: what the server wants now tells them apart.
            return signaturesSent <= 2 ? .listMethods : next()
        case .unable(let reason):
            remarks.append(reason)
            current = nil
            return next()
        case .unanswerable(let prompt):
            settle()
            remarks.append("the server asks \"\(prompt)\", which Baton cannot answer")
            return next()
        case .hungUp:
            settle()
            return .fail(failure(hungUp: true))
        }
    }

    private mutating func settle() {
        if let current { tried.append(current) }
        current = nil
    }

    private mutating func next() -> Action {
        for method in facts.order where canTry(method) {
            switch method {
            case .publicKey:
                current = "\(method.rawValue) with \(facts.keys[offered])"
                offered += 1
                return .offer(key: offered - 1)
            case .prompts:
                used.insert(method)
                current = method.rawValue
                return .answerPrompts
            case .password:
                passwordWentOut = true
                current = method.rawValue
                return .password
            }
        }
        // Nothing is left. What the server would have accepted belongs into the message, where asking is still cheap.
        if accepted == nil, offered < Self.keyLimit {
            accepted = []
            return .listMethods
        }
        return .fail(failure(hungUp: false))
    }

    private func wants(_ method: LoginMethod) -> Bool {
        guard facts.order.contains(method) else { return false }
        guard let accepted, !accepted.isEmpty else { return true }
        return accepted.contains(method.rawValue)
    }

    private func canTry(_ method: LoginMethod) -> Bool {
        guard wants(method) else { return false }
        if method == .publicKey { return offered < min(facts.keys.count, Self.keyLimit) }
        // The password goes out once: a second refusal of the same one is an attempt wasted.
        return facts.hasPassword && !passwordWentOut && !used.contains(method)
            && accepted?.contains(method.rawValue) == true
    }

    /// The server's prompts were answered with the password.
    mutating func notePasswordWentOut() { passwordWentOut = true }

    private func failure(hungUp: Bool) -> SSHError {
        var parts: [String] = []
        if wasPartial { parts.append("a key was accepted, and the server wants more than that") }
        parts.append(tried.isEmpty ? nothingToTry : "tried " + tried.joined(separator: ", "))
        parts += remarks + facts.remarks.prefix(5)
        if let accepted, !accepted.isEmpty { parts.append("the server accepts " + accepted.joined(separator: ", ")) }
        let what = parts.joined(separator: "; ")
        let message =
            hungUp
            ? "\(facts.address) hung up during the login of \(facts.user): \(what)"
            : "cannot log in to \(facts.address) as \(facts.user): \(what)"
        return SSHError(.authentication, message, hint: hint(hungUp))
    }

    private var nothingToTry: String {
        facts.order.contains(.publicKey) ? "there is no key to offer" : "no method is left that Baton may use"
    }

    private func hint(_ hungUp: Bool) -> String {
        if hungUp, tried.count > 1 {
            return "it counts attempts (MaxAuthTries): name the right key with --private-key or IdentityFile"
        }
        if hungUp { return "its log says why: too many attempts, or a user who may not log in" }
        let takesPasswords = accepted.map { $0.contains("password") || $0.contains("keyboard-interactive") } ?? false
        if takesPasswords, !facts.hasPassword {
            return "name the key with --private-key or ansible_ssh_private_key_file, or give a password with -k"
        }
        let onlyOthers = accepted.map { list in
            !list.isEmpty && !list.contains { LoginMethod(rawValue: $0) != nil }
        }
        if onlyOthers == true { return "`transport: openssh` leaves the login to OpenSSH's own client" }
        return "name the key with --private-key or ansible_ssh_private_key_file, and the user with -u"
    }
}
