import Testing

@testable import Handover

/// The controller's side of a takeover, by what comes back to it and when.
@Suite struct SessionTests {
    @Test func `one call after another, and the word to go on over a connection of its own`() {
        var script = SessionScript()
        #expect(script.begin() == [.call(.put, .main)])
        #expect(script.reply(.put, "laid\n") == [.call(.renew, .beside)])
        #expect(script.reply(.renew, SessionScript.status()) == [.call(.arm, .fresh)])
        #expect(script.reply(.arm) == [.call(.proof, .fresh)])
        #expect(script.reply(.proof) == [.call(.go, .main)])
        #expect(script.reply(.go, SessionScript.status("armed")) == [.call(.look, .main)])
        #expect(script.look("doubled").isEmpty)
        #expect(script.next() == [.call(.look, .main)])
        #expect(script.now == .milliseconds(300))
        #expect(script.look("alone") == [.openSpare])
        #expect(script.spareOpened().isEmpty)
        #expect(script.next() == [.call(.look, .main)])
        #expect(script.look("proven") == [.call(.confirm, .spare)])
        #expect(script.reply(.confirm, SessionScript.status("proven")).isEmpty)
        #expect(script.next() == [.call(.look, .main)])
        #expect(script.look("retiring", token: "retiring").isEmpty)
        #expect(script.next() == [.call(.look, .main)])
        #expect(script.end("committed").isEmpty)
        #expect(script.ending?.word == .committed && script.ending?.isTouched == true)
        #expect(script.ending?.verdict?.probes == 12)
        #expect(script.session.wakeAt == nil)
    }

    @Test func `the lease is renewed each third of it, beside whatever else runs, until nothing hangs on it`() {
        var script = SessionScript()
        _ = script.toLook()
        // The look is on its way.
        #expect(script.next() == [.call(.renew, .beside)])
        #expect(script.now == .seconds(20))
        #expect(script.reply(.renew, SessionScript.status("draining")).isEmpty)
        #expect(script.next() == [.call(.renew, .beside)])
        #expect(script.now == .seconds(40))
        // As long as there is no answer, there is no second.
        #expect(script.wake(at: .seconds(90)).isEmpty)
        #expect(script.reply(.renew, SessionScript.status("retiring", token: "retiring")).isEmpty)
        _ = script.look("retiring", token: "retiring")
        #expect(script.next() == [.call(.look, .main)])
        #expect(script.session.wakeAt == nil, "nothing but the answer to the look is waited for")
    }

    @Test func `news are what the journal says of states, masters, signals and troubles`() {
        var script = SessionScript()
        _ = script.toLook()
        let journal = """
            said 1000 aa.1 armed 10.1
            said 1005 aa.1 facts one old=yes/2 new=no/0 base=100 side=none
            said 1010 aa.1 state armed one
            said 1020 aa.1 sent upgrade USR2 100.1
            said 1050 aa.1 new 17.3
            said 1060 aa.1 facts twins old=yes/2 new=yes/1 base=100 side=17
            said 1070 aa.1 state doubled twins
            said 1080 aa.1 new_workers 18.4
            said 1100 aa.1 failed doubled the new master 17 has ended
            said 1110 aa.1 guard the lease ran out: nobody has renewed it
            said no line of a journal

            """
        _ = script.reply(.look, journal + SessionScript.status("doubled"))
        #expect(
            script.news == [
                .state(.armed, after: .milliseconds(100), old: 2, new: 0),
                .sent(signal: "USR2", pid: 100, purpose: "upgrade"), .newMaster(pid: 17),
                .state(.doubled, after: .milliseconds(700), old: 2, new: 1),
                .trouble("the new master 17 has ended"),
                .guardDrives("the lease ran out: nobody has renewed it"),
            ]
        )
        #expect(script.session.line == 12)
    }

    @Test func `a long journal is asked for until all of it is there`() {
        var script = SessionScript()
        _ = script.toLook()
        let lines = String(repeating: "said 1000 aa.1 beat x\n", count: HandoverReport.most)
        #expect(script.reply(.look, lines + SessionScript.status("doubled")) == [.call(.look, .main)])
        #expect(script.session.line == 1 + HandoverReport.most)
    }

    // MARK: Refusals

    @Test(arguments: [HandoverCall.put, .renew, .arm, .proof, .go])
    func `what is refused before it began has changed nothing`(call: HandoverCall) {
        var script = SessionScript()
        _ = script.begin()
        for step in [HandoverCall.put, .renew, .arm, .proof, .go] {
            if step == call { break }
            _ = script.reply(step, step == .renew ? SessionScript.status() : "")
        }
        #expect(script.reply(call, "this host has no setsid", status: 2).isEmpty)
        #expect(script.ending?.word == .refused && script.ending?.isTouched == false)
        #expect(script.ending?.message.hasSuffix(": nothing was changed") == true)
        if call != .proof { #expect(script.ending?.message.hasPrefix("this host has no setsid") == true) }
        if call == .proof { #expect(script.ending?.hint?.contains("KillUserProcesses") == true) }
    }

    @Test func `what cannot be sent at all is a refusal, and later unknown`() {
        var early = SessionScript()
        _ = early.begin()
        _ = early.answer(.put, .impossible("sudo refused"))
        #expect(early.ending?.word == .refused)
        var late = SessionScript()
        _ = late.toLook()
        _ = late.answer(.look, .impossible("sudo refused"))
        #expect(late.ending?.word == .unknown)
    }

    // MARK: Lost answers

    @Test func `a lost answer to the laying down, or to the lease, is asked for again over a new connection`() {
        for call in [HandoverCall.put, .renew] {
            var script = SessionScript()
            _ = script.begin()
            if call == .renew { _ = script.reply(.put) }
            #expect(script.lose(call) == [.connect])
            #expect(script.news == [.linkLost("the connection was cut")])
            #expect(script.connected() == [.call(call, call == .put ? .main : .beside)])
            #expect(script.news.last == .linkBack)
        }
    }

    @Test func `where the answer to arming is lost the host says whether the guard stands`() {
        var script = SessionScript()
        _ = script.begin()
        _ = script.reply(.put)
        _ = script.reply(.renew, SessionScript.status(token: "none", driven: false, guarded: false))
        #expect(script.lose(.arm) == [.call(.look, .main)])
        var other = script
        #expect(script.reply(.look, SessionScript.status(driven: false)) == [.call(.proof, .fresh)])
        // It may still be under way; armed twice it is only when it was not seen three times.
        let absent = SessionScript.status(token: "none", driven: false, guarded: false)
        for _ in 0..<2 {
            #expect(other.reply(.look, absent).isEmpty)
            #expect(other.next() == [.call(.look, .main)])
        }
        _ = other.reply(.look, absent)
        #expect(other.next() == [.call(.arm, .fresh)])
    }

    @Test func `where the answer to beginning is lost the host says whether it has begun`() {
        var script = SessionScript()
        _ = script.toGo()
        #expect(script.lose(.go) == [.connect])
        #expect(script.connected() == [.call(.look, .main)])
        var other = script
        #expect(script.look("switched").isEmpty)
        #expect(script.next() == [.call(.look, .main)])
        for _ in 0..<2 {
            #expect(other.reply(.look, SessionScript.status(driven: false)).isEmpty)
            #expect(other.next() == [.call(.look, .main)])
        }
        #expect(other.reply(.look, SessionScript.status(driven: false)) == [.call(.go, .main)])
    }

    @Test func `a lost proof is asked for again, and not for ever`() {
        var script = SessionScript()
        _ = script.toGo()
        var again = SessionScript()
        _ = again.begin()
        _ = again.reply(.put)
        _ = again.reply(.renew, SessionScript.status())
        _ = again.reply(.arm)
        for _ in 0..<4 {
            #expect(again.lose(.proof).isEmpty)
            #expect(again.next() == [.call(.proof, .fresh)])
        }
        // The guard is told that it is over, and says so.
        #expect(again.lose(.proof) == [.call(.release, .beside), .call(.look, .main)])
        _ = again.reply(.release, SessionScript.status(driven: false))
        _ = again.end("undone", because: "the lease ran out: nobody has renewed it", touched: false)
        #expect(again.ending?.word == .undone && again.ending?.isTouched == false)
        #expect(again.ending?.message.hasPrefix("no second connection") == true, "\(again.ending?.message ?? "")")
    }

    @Test func `where no second connection can be made nothing is begun`() {
        var arming = SessionScript()
        _ = arming.begin()
        _ = arming.reply(.put)
        _ = arming.reply(.renew, SessionScript.status())
        _ = arming.answer(.arm, .unreachable("too many sessions", passes: false))
        #expect(arming.ending?.word == .refused, "\(String(describing: arming.ending))")
        #expect(
            arming.ending?.message
                == "no second connection to the host could be made: too many sessions: nothing was changed"
        )

        var passing = SessionScript()
        _ = passing.begin()
        _ = passing.reply(.put)
        _ = passing.reply(.renew, SessionScript.status())
        for _ in 0..<3 {
            #expect(passing.answer(.arm, .unreachable("hung up", passes: true)).isEmpty)
            #expect(passing.next() == [.call(.arm, .fresh)])
        }
        _ = passing.answer(.arm, .unreachable("hung up", passes: true))
        #expect(passing.ending?.word == .refused)
    }

    @Test func `a lost word to go on is said again over another connection, while it is waited for`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.look("proven")
        #expect(script.spareOpened() == [.call(.confirm, .spare)])
        #expect(script.lose(.confirm).isEmpty)
        var heard = script
        #expect(script.next() == [.call(.look, .main)])
        // It was heard.
        _ = heard.next()
        _ = heard.look("retiring", token: "retiring")
        #expect(heard.next() == [.call(.look, .main)])
        // Until that is known nothing is opened for it.
        #expect(script.wake(at: .seconds(5)).isEmpty)
        script.now = .milliseconds(400)
        _ = script.look("proven")
        #expect(script.next() == [.openSpare])
        #expect(script.spareOpened(false).isEmpty)
        #expect(script.next() == [.call(.look, .main)])
        _ = script.look("proven")
        while script.next() == [.call(.look, .main)] { _ = script.look("proven") }
        #expect(script.spareOpened() == [.call(.confirm, .spare)])
        _ = script.answer(.confirm, .unreachable("hung up", passes: true))
        #expect(script.ending == nil)
    }

    @Test func `a word to go on that was heard is not said again before the host had its time`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.look("proven")
        _ = script.spareOpened()
        script.now = .seconds(5)
        #expect(script.reply(.confirm, SessionScript.status("proven")) == [.call(.look, .main)])
        #expect(script.look("proven").isEmpty)
        while script.next() == [.call(.look, .main)], script.now < .seconds(10) { _ = script.look("proven") }
        #expect(script.now == .seconds(7) && script.session.spare == .opening)
    }

    // MARK: Links

    @Test func `a link that is gone is tried again, less and less often`() {
        var script = SessionScript()
        _ = script.toLook()
        #expect(script.lose(.look) == [.connect])
        var pauses: [Duration] = []
        for _ in 0..<6 {
            let before = script.now
            #expect(script.connected("no route").isEmpty)
            #expect(script.next() == [.connect])
            pauses.append(script.now - before)
        }
        #expect(pauses == [1, 2, 4, 5, 5, 5].map { .seconds($0) })
        #expect(script.connected() == [.call(.renew, .beside), .call(.look, .main)])
    }

    @Test func `a link that stays gone for longer than the host can need is the end of waiting`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.look("doubled")
        _ = script.next()
        _ = script.lose(.look)
        let patience = Duration.seconds(60) + (script.session.terms.settling ?? .zero)
        let since = script.now
        while script.ending == nil, script.now < since + patience + .seconds(60) {
            _ = script.connected("no route")
            _ = script.wake()
        }
        #expect(script.now == since + patience)
        #expect(script.ending?.word == .unknown && script.ending?.isTouched == true)
        #expect(script.ending?.message.contains("last seen doubled") == true)
        #expect(script.ending?.message.contains("the host has ended it by itself by now") == true)
        #expect(
            script.ending?.hint?.hasSuffix("/program /srv/shop/.baton/handover-\(SessionScript.nonce) status") == true
        )
    }

    @Test func `before anything is armed it is a refusal, and sooner`() {
        var script = SessionScript()
        _ = script.begin()
        _ = script.lose(.put)
        while script.ending == nil, script.now < .seconds(200) {
            _ = script.connected("no route")
            _ = script.wake()
        }
        #expect(script.now == .seconds(60))
        #expect(script.ending?.word == .refused)
    }

    @Test func `a host that is another one now is not tried again`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.lose(.look)
        _ = script.connected("the host key has changed", passes: false)
        #expect(script.ending?.word == .unknown)
        #expect(script.ending?.message.contains("within ") == true)
    }

    @Test func `two answers that were lost with one link are one loss`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.wake(at: .seconds(20))
        #expect(script.lose(.look) == [.connect])
        #expect(script.lose(.renew).isEmpty)
        #expect(script.connected() == [.call(.renew, .beside), .call(.look, .main)])
    }

    @Test func `whoever slept past the lease wakes to what the host has done`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.look("doubled")
        // Nothing was renewed for an hour.
        let actions = script.wake(at: .seconds(3600))
        #expect(actions == [.call(.renew, .beside), .call(.look, .main)])
        #expect(script.lose(.renew) == [.connect])
        _ = script.lose(.look)
        _ = script.connected()
        _ = script.end("undone", because: "the lease ran out: nobody has renewed it")
        #expect(script.ending?.word == .undone)
        #expect(
            script.ending?.message
                == "the host had not heard of this controller for longer than its lease of 60 s: the host is back on what it ran before"
        )
    }

    @Test func `a host that says nothing that can be read is given up`() {
        var script = SessionScript()
        _ = script.toLook()
        for _ in 0..<4 {
            #expect(script.reply(.look, "no such file", status: 127).isEmpty)
            #expect(script.next() == [.call(.look, .main)])
        }
        _ = script.reply(.look, "\u{1b}[2J", status: 0)
        #expect(script.ending?.word == .unknown)
        #expect(script.ending?.message.contains("does not say where it stands") == true)
    }

    // MARK: Others

    @Test func `whoever is fenced off confirms nothing and renews nothing, and waits for the end`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.wake(at: .seconds(20))
        #expect(script.reply(.renew, "fenced: epoch 1 is over, bob holds 2", status: 2).isEmpty)
        #expect(script.news == [.fenced("fenced: epoch 1 is over, bob holds 2")])
        #expect(script.look("proven").isEmpty)
        #expect(script.next() == [.call(.look, .main)])
        _ = script.wake(at: .seconds(60))
        _ = script.end("undone", because: "the lease ran out: nobody has renewed it")
        #expect(
            script.ending?.message.hasPrefix("somebody else took over (fenced: epoch 1 is over, bob holds 2)") == true
        )
    }

    @Test func `a look shows that somebody else holds the lease`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.reply(.look, SessionScript.status("proven", lease: "99 aa.1 2 bob"))
        #expect(script.news == [.fenced("epoch 1 is over, bob holds 2")])
    }

    @Test func `where nobody drives the token decides after a boot, and else a new guard`() {
        var script = SessionScript()
        _ = script.toLook()
        let idle = SessionScript.status("doubled", driven: false, guarded: false)
        func looks(_ script: inout SessionScript) -> [HandoverAction] {
            var actions: [HandoverAction] = []
            for _ in 0..<3 {
                actions = script.reply(.look, idle)
                if actions.isEmpty { _ = script.next() }
            }
            return actions
        }
        #expect(looks(&script) == [.call(.heal, .beside)])
        #expect(script.reply(.heal).isEmpty)
        _ = script.next()
        #expect(looks(&script) == [.call(.rearm, .beside)])
        _ = script.reply(.rearm)
        _ = script.next()
        _ = looks(&script)
        #expect(script.ending?.word == .unknown)
        #expect(script.ending?.message.hasPrefix("neither conductor nor guard lives") == true)
    }

    // MARK: Calling it off

    @Test func `an interrupt before anything is armed is the end at once`() {
        var script = SessionScript()
        _ = script.begin()
        _ = script.interrupt()
        #expect(script.ending?.word == .refused)
        #expect(script.ending?.message == "it was called off: nothing was changed")
    }

    @Test func `an interrupt while it is armed waits for the answer, and gives the lease back`() {
        var script = SessionScript()
        _ = script.begin()
        _ = script.reply(.put)
        _ = script.reply(.renew, SessionScript.status())
        #expect(script.interrupt().isEmpty)
        #expect(script.reply(.arm) == [.call(.release, .beside), .call(.look, .main)])
        #expect(script.reply(.release, SessionScript.status(driven: false)).isEmpty)
        _ = script.end("undone", because: "the lease ran out: nobody has renewed it", touched: false)
        #expect(script.ending?.message == "it was called off: nothing was changed")
    }

    @Test func `an answer that comes after it was called off begins nothing`() {
        for status: Int32 in [0, 2] {
            var script = SessionScript()
            _ = script.begin()
            _ = script.reply(.put)
            _ = script.reply(.renew, SessionScript.status())
            _ = script.reply(.arm)
            #expect(script.interrupt() == [.call(.release, .beside), .call(.look, .main)])
            #expect(script.reply(.proof, status: status).isEmpty)
            #expect(script.reply(.look, SessionScript.status(driven: false)).isEmpty)
            #expect(script.next() == [.call(.look, .main)])
            #expect(script.ending == nil)
        }
    }

    @Test func `an interrupt before the point of no return has it undone`() {
        var script = SessionScript()
        _ = script.toLook()
        #expect(script.interrupt() == [.call(.abort, .beside)])
        #expect(script.news == [.callingOff("it was called off")])
        #expect(script.reply(.abort, SessionScript.status("failing")).isEmpty)
        // Nothing is confirmed any more, and nobody needs the lease.
        #expect(script.look("proven").isEmpty)
        #expect(script.wake(at: .seconds(25)) == [.call(.look, .main)])
        _ = script.end("undone", because: "it was called off")
        #expect(script.ending?.word == .undone)
        #expect(script.ending?.message == "it was called off: the host is back on what it ran before")
    }

    @Test func `an interrupt behind the point of no return lets it finish`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.look("retiring", token: "retiring")
        #expect(script.interrupt().isEmpty)
        #expect(script.news == [.tooLate])
        #expect(script.next() == [.call(.look, .main)])
        _ = script.end("committed")
        #expect(script.ending?.word == .committed)
        #expect(script.ending?.message == "handed over; it was too late to call it off")
    }

    @Test func `an interrupt while the link is gone is sent when it is back`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.lose(.look)
        #expect(script.interrupt().isEmpty)
        #expect(script.connected() == [.call(.abort, .beside), .call(.look, .main)])
        // A lost abort is said again.
        #expect(script.lose(.abort) == [.connect])
        _ = script.lose(.look)
        #expect(script.connected() == [.call(.abort, .beside), .call(.look, .main)])
    }

    @Test func `the second interrupt says what is known, and by when the host has ended it`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.look("draining")
        script.now = .seconds(10)
        _ = script.interrupt()
        _ = script.interrupt()
        let seconds = 50 + (script.session.terms.settling?.roundedUp ?? 0)
        #expect(script.ending?.word == .unknown)
        #expect(
            script.ending?.message
                == "nobody waits for it any more, last seen draining: the host ends it by itself within \(seconds) s"
        )
        #expect(script.reply(.look).isEmpty && script.interrupt().isEmpty)
    }

    @Test func `what takes longer than it may is called off`() {
        var script = SessionScript { $0.deadline = .seconds(30) }
        _ = script.toLook()
        _ = script.wake(at: .seconds(20))
        _ = script.reply(.renew, SessionScript.status("draining"))
        #expect(script.next() == [.call(.abort, .beside)])
        #expect(script.now == .seconds(30))
        _ = script.reply(.abort, SessionScript.status("failing"))
        _ = script.end("undone", because: "it was called off")
        #expect(script.ending?.message == "it took more than 30 s: the host is back on what it ran before")
    }

    @Test func `a host that was told and does not end is not waited for for ever`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.interrupt()
        _ = script.reply(.abort, SessionScript.status("failing"))
        for _ in 0..<10_000 where script.ending == nil {
            _ = script.look("failing")
            _ = script.next()
        }
        #expect(script.ending?.word == .unknown)
    }

    // MARK: Ends

    @Test func `a dirty verdict carries the commands for both ways`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.end("dirty", because: "the old master does not end")
        #expect(script.ending?.word == .dirty && script.ending?.isTouched == true)
        #expect(script.ending?.message == "the old master does not end: old serves")
        #expect(script.ending?.hint == "to go back: ln -sfn releases/1 current\nto go on: kill -s TERM 100")
    }

    @Test func `a verdict that comes with another answer waits for the journal's end`() {
        var script = SessionScript()
        _ = script.toLook()
        _ = script.look("doubled")
        _ = script.wake(at: .seconds(20))
        _ = script.look("doubled")
        let text = SessionScript.status(
            "undone",
            token: "firing",
            driven: false,
            verdict: SessionScript.verdict("undone")
        )
        #expect(script.reply(.renew, text) == [.call(.look, .main)])
        #expect(script.ending == nil)
    }

    @Test func `what a host may need is what its table says`() {
        var order = SessionScript.order()
        order.overrun = .proceed
        let back = HandoverTable.edges.filter { $0.lost == .on }.reduce(0) { $0 + order.seconds($1.limit) }
        #expect(order.settling == .seconds(30 + back))
        order.lost = .forward
        #expect(try! #require(order.settling) > .seconds(30 + back))
        order.overrun = .wait
        #expect(order.settling == nil)
    }
}
