package import Reactor

extension RunningChild {
    /// Ends the child and sees it to its end. A process that nobody has waited for stays among the children of the tests,
    /// and whoever waits for any child of theirs, as the tests of exits do, finds it first, again and again.
    package func seeToItsEnd(on loop: Loop) async {
        terminate()
        while exit == nil { await loop.sleep(.milliseconds(5)) }
        close()
    }
}
