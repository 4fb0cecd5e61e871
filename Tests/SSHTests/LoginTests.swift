import Testing

@testable import SSH

/// What is tried, in which order, and what is said in the end: without a server.
@Suite struct LoginTests {
    private func login(
        keys: Int = 0,
        password: Bool = false,
        order: [LoginMethod] = LoginMethod.usualOrder,
        alreadyTried: [String] = []
    ) -> Login {
        Login(
            .init(
                address: "web1:22",
                user: "deploy",
                keys: (0..<keys).map { "KEY\($0)" },
                hasPassword: password,
                order: order,
                alreadyTried: alreadyTried,
                asksFirst: !alreadyTried.isEmpty
            )
        )
    }

    private func message(_ action: Login.Action) -> String {
        if case .fail(let error) = action { error.description } else { "\(action)" }
    }

    @Test func `one key is offered without asking first, and opens`() {
        var login = login(keys: 1)
        #expect(login.start() == .offer(key: 0))
        #expect(login.answered(.accepted) == .open)
        #expect(login.offered == 1)
    }

    @Test func `refused keys are followed by the next, then the server is asked, and all of it is said`() {
        var login = login(keys: 2)
        #expect(login.start() == .offer(key: 0))
        #expect(login.answered(.refused) == .offer(key: 1))
        #expect(login.answered(.refused) == .listMethods)
        let text = message(login.answered(.methods(["publickey", "password"])))
        #expect(
            text == "cannot log in to web1:22 as deploy: tried publickey with KEY0, publickey with KEY1; the server "
                + "accepts publickey, password; name the key with --private-key or ansible_ssh_private_key_file, or "
                + "give a password with -k"
        )
    }

    @Test func `with a password or many keys the server is asked first, when it costs nothing`() {
        var one = login(keys: 1, password: true)
        #expect(one.start() == .listMethods)
        var five = login(keys: 5)
        #expect(five.start() == .listMethods)
        var four = login(keys: 4)
        #expect(four.start() == .offer(key: 0))
        var none = login()
        #expect(none.start() == .listMethods)
    }

    @Test func `no more than five keys are offered, and those behind stay untried`() {
        var login = login(keys: 10)
        #expect(login.start() == .listMethods)
        #expect(login.answered(.methods(["publickey"])) == .offer(key: 0))
        for key in 1..<5 { #expect(login.answered(.refused) == .offer(key: key)) }
        guard case .fail(let error) = login.answered(.refused) else {
            Issue.record("it goes on")
            return
        }
        #expect(error.kind == .authentication)
        #expect(login.offered == 5)
        #expect(login.history.count == 5)
    }

    @Test func `methods go in the given order, and only where server and user want them`() {
        var usual = login(keys: 1, password: true)
        _ = usual.start()
        #expect(usual.answered(.methods(["publickey", "password", "keyboard-interactive"])) == .offer(key: 0))
        #expect(usual.answered(.refused) == .answerPrompts)
        var reversed = login(keys: 1, password: true, order: [.password, .publicKey])
        _ = reversed.start()
        #expect(reversed.answered(.methods(["publickey", "password"])) == .password)
        #expect(reversed.answered(.refused) == .offer(key: 0))
        var unwanted = login(keys: 1, password: true)
        _ = unwanted.start()
        #expect(unwanted.answered(.methods(["password"])) == .password)
        var none = login(keys: 1, order: [.password])
        #expect(none.start() == .listMethods)
        #expect(message(none.answered(.methods(["publickey"]))).contains("no method is left that Baton may use"))
    }

    @Test func `a password is sent once`() {
        var asked = login(password: true)
        _ = asked.start()
        #expect(asked.answered(.methods(["password", "keyboard-interactive"])) == .answerPrompts)
        asked.notePasswordWentOut()
        guard case .fail = asked.answered(.refused) else {
            Issue.record("it is sent again")
            return
        }
        // Prompts that never asked for it leave it to the other method.
        var unasked = login(password: true)
        _ = unasked.start()
        _ = unasked.answered(.methods(["password", "keyboard-interactive"]))
        #expect(unasked.answered(.refused) == .password)
    }

    @Test func `a key that is half of the proof is followed by the other half`() {
        var login = login(keys: 2, password: true)
        _ = login.start()
        #expect(login.answered(.methods(["publickey"])) == .offer(key: 0))
        #expect(login.answered(.notEnough) == .listMethods)
        #expect(login.answered(.methods(["password"])) == .password)
        #expect(login.answered(.accepted) == .open)
    }

    @Test func `a password that is half of the proof is followed by a key`() {
        var login = login(keys: 1, password: true)
        _ = login.start()
        #expect(login.answered(.methods(["password"])) == .password)
        #expect(login.answered(.refused) == .listMethods)
        #expect(login.answered(.methods(["publickey"])) == .offer(key: 0))
        #expect(login.answered(.accepted) == .open)
    }

    @Test func `a key that is half of the proof, without the other half, is said`() {
        var login = login(keys: 1)
        #expect(login.start() == .offer(key: 0))
        #expect(login.answered(.notEnough) == .listMethods)
        let text = message(login.answered(.methods(["keyboard-interactive"])))
        #expect(text.contains("a key was accepted, and the server wants more than that"))
    }

    @Test func `a question that a password does not answer is quoted`() {
        var login = login(password: true)
        _ = login.start()
        _ = login.answered(.methods(["keyboard-interactive"]))
        let text = message(login.answered(.unanswerable("Verification code: ")))
        #expect(text.contains("the server asks \"Verification code: \", which Baton cannot answer"))
    }

    @Test func `an agent that does not sign is said, and the next key is tried`() {
        var login = login(keys: 2)
        _ = login.start()
        #expect(login.answered(.unable("the agent refused")) == .offer(key: 1))
        #expect(login.answered(.refused) == .listMethods)
        let text = message(login.answered(.methods(["publickey"])))
        #expect(text.contains("tried publickey with KEY1; the agent refused"))
    }

    @Test func `a server that hangs up after several keys counts them`() {
        var login = login(keys: 3)
        _ = login.start()
        _ = login.answered(.refused)
        let text = message(login.answered(.hungUp))
        #expect(text.hasPrefix("web1:22 hung up during the login of deploy: tried publickey with KEY0, publickey with"))
        #expect(text.contains("MaxAuthTries"))
        #expect(login.offered == 2)
    }

    @Test func `a second connection says what the first one tried`() {
        var login = login(keys: 1, alreadyTried: ["publickey with KEY9"])
        #expect(login.start() == .listMethods)
        #expect(login.answered(.methods(["publickey"])) == .offer(key: 0))
        let text = message(login.answered(.refused))
        #expect(text.contains("tried publickey with KEY9, publickey with KEY0"))
    }

    @Test func `methods that only OpenSSH knows name the way out`() {
        var login = login(keys: 1)
        _ = login.start()
        _ = login.answered(.refused)
        let text = message(login.answered(.methods(["gssapi-with-mic", "hostbased"])))
        #expect(text.contains("`transport: openssh`"))
    }
}
