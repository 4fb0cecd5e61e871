import TestSupport
import Testing
import Text

/// The difference of two texts.
@Suite struct LineDiffTests {
    private func old(_ diff: [LineDiff.Line]) -> [String] {
        diff.compactMap { line in
            switch line {
            case .same(let text), .removed(let text): return text
            case .added: return nil
            }
        }
    }

    private func new(_ diff: [LineDiff.Line]) -> [String] {
        diff.compactMap { line in
            switch line {
            case .same(let text), .added(let text): return text
            case .removed: return nil
            }
        }
    }

    private func changes(_ diff: [LineDiff.Line]) -> Int {
        diff.count {
            if case .same = $0 { return false }
            return true
        }
    }

    @Test func `equal texts do not differ`() {
        #expect(LineDiff.lines(["a", "b"], ["a", "b"]) == [.same("a"), .same("b")])
        #expect(LineDiff.lines([], []) == [])
    }

    @Test func `from nothing and to nothing`() {
        #expect(LineDiff.lines([], ["a", "b"]) == [.added("a"), .added("b")])
        #expect(LineDiff.lines(["a", "b"], []) == [.removed("a"), .removed("b")])
    }

    @Test func `a changed line is removed, then added`() {
        #expect(
            LineDiff.lines(["a", "b", "c"], ["a", "x", "c"]) == [.same("a"), .removed("b"), .added("x"), .same("c")]
        )
    }

    @Test func `a repeated line is not taken twice`() {
        #expect(LineDiff.lines(["a", "a"], ["a", "a", "a"]) == [.same("a"), .same("a"), .added("a")])
        #expect(LineDiff.lines(["a", "a", "a"], ["a"]) == [.same("a"), .removed("a"), .removed("a")])
    }

    @Test func `what moved is kept where it costs least`() {
        #expect(
            LineDiff.lines(["a", "b", "c", "d"], ["b", "c", "d", "a"])
                == [.removed("a"), .same("b"), .same("c"), .same("d"), .added("a")]
        )
    }

    @Test func `random texts are told apart by as few lines as the best way`() {
        var random = Seeded(4)
        let words = ["a", "b", "c", "d", ""]
        for _ in 0..<1000 {
            let before = (0..<Int.random(in: 0...12, using: &random)).map { _ in words.randomElement(using: &random)! }
            let after = (0..<Int.random(in: 0...12, using: &random)).map { _ in words.randomElement(using: &random)! }
            let diff = LineDiff.lines(before, after)
            #expect(old(diff) == before)
            #expect(new(diff) == after)
            #expect(changes(diff) == fewest(before, after))
        }
    }

    /// How many lines must change, by the textbook's definition.
    private func fewest(_ old: [String], _ new: [String]) -> Int {
        var row = Array(0...new.count)
        for (i, line) in old.enumerated() {
            var next = [i + 1]
            for (j, other) in new.enumerated() {
                next.append(line == other ? row[j] : min(row[j + 1], next[j]) + 1)
            }
            row = next
        }
        return row[new.count]
    }

    @Test func `of huge texts the middle is one block for another`() {
        let same = (0..<600).map { "line \($0)" }
        let before = ["first"] + same.map { "\($0) old" } + ["shared"] + same + ["last"]
        let after = ["first"] + same.map { "\($0) new" } + ["shared"] + same + ["last"]
        let diff = LineDiff.lines(before, after)
        #expect(diff.first == .same("first") && diff.last == .same("last"))
        // The common end is long; only what is left in between is a block.
        #expect(changes(diff) == 1200)
        let scattered = before.enumerated().map { $0.offset % 2 == 0 ? $0.element : "other" }
        let blocks = LineDiff.lines(before, scattered)
        #expect(old(blocks) == before && new(blocks) == scattered)
        let removed = blocks.firstIndex { if case .removed = $0 { true } else { false } }
        let added = blocks.firstIndex { if case .added = $0 { true } else { false } }
        #expect(blocks[removed!..<added!].allSatisfy { if case .removed = $0 { true } else { false } })
        #expect(added! - removed! > 1000)
    }
}
