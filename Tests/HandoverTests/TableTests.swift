import Handover
import HostSide
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The table of edges, and that page, program and order say the same as it.
@Suite(.serialized) struct TableTests {
    private typealias State = HandoverEdge.State

    private static let project = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    @Test func `each state has one edge, and each end none`() {
        for state in State.allCases {
            let count = HandoverTable.edges.filter { $0.state == state }.count
            #expect(count == (state.isEnd ? 0 : 1), "\(state)")
        }
    }

    @Test func `every state is reached but where the host itself turns`() {
        let named = Set(HandoverTable.edges.flatMap { $0.next.possible + $0.fail.possible })
        // The first one, and the one for an old master that has ended by itself.
        #expect(Set(State.allCases).subtracting(named) == [.armed, .widowed])
    }

    @Test func `every way ends`() {
        var ends: Set<State> = [.committed, .undone, .dirty]
        for _ in State.allCases {
            for edge in HandoverTable.edges where edge.next.possible.allSatisfy({ ends.contains($0) }) {
                ends.insert(edge.state)
            }
        }
        #expect(ends == Set(State.allCases))
    }

    @Test func `a failure leads back before the point of no return, and never behind it`() {
        for edge in HandoverTable.edges {
            let failures = Set(edge.fail.possible)
            switch edge.lost {
            case .back:
                let back: Set<State> = [.failing, .mixed, .draining, .dirty]
                #expect(failures.isSubset(of: back) && (edge.state == .failing || !failures.contains(.dirty)))
            case .forward: #expect(failures.isSubset(of: [.insisting, .forcing, .dirty]))
            case .on:
                #expect(failures.isSubset(of: [.revivingAgain, .pressing, .killing, .dirty]), "\(edge.state)")
            }
        }
        // The final stop is sent behind the claim, and nothing else leads there.
        for edge in HandoverTable.edges where edge.next.possible.contains(.retiring) {
            #expect(edge.state == .cleared && edge.action == .claim)
        }
        #expect(
            HandoverTable.edges.filter { [.retire, .insist, .force].contains($0.action) }.allSatisfy {
                $0.lost == .forward
            }
        )
    }

    @Test func `code goes back before anybody is revived, and that before the new one stops`() {
        let back = HandoverTable.edges.filter { $0.lost == .on }.map(\.action)
        #expect(back == [.unflip, .revive, .raise, .stop, .press, .kill, .repair, .start, .probe])
    }

    @Test func `the program has a function for every action and predicate`() {
        for action in HandoverEdge.Action.allCases {
            #expect(HandoverProgram.text.contains("baton_act_\(action.rawValue)() {"), "\(action)")
        }
        for predicate in HandoverEdge.Predicate.allCases {
            #expect(HandoverProgram.text.contains("baton_met_\(predicate.rawValue)() {"), "\(predicate)")
        }
    }

    /// Programs are put together from files of several libraries: a name may be there once.
    @Test func `no function has a name that another library has`() async throws {
        let line = "grep -rhoE '^(baton|check)_[a-z_]+\\(\\)' Sources/CPrograms/programs | sort | uniq -d"
        let result = try await runChild(["sh", "-c", line], directory: Self.project)
        #expect(result.output == "")
    }

    @Test(arguments: [
        ("edges", HandoverTable.page), ("profiles", HandoverChoice.page), ("preflight", PreflightTrap.page),
    ])
    func `the page has the tables of the code`(name: String, table: String) throws {
        let path = "\(Self.project)/docs/handover.md"
        let page = String(decoding: try Files.read(path), as: UTF8.self)
        let (begin, end) = ("<!-- table of \(name): generated -->\n", "<!-- end -->\n")
        let parts = page.split(separator: begin, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let rest = parts[1].split(separator: end, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(rest.count == 2)
        let wanted = "\(parts[0])\(begin)\(table)\(end)\(rest[1])"
        if getenv("BATON_UPDATE_SNAPSHOTS") != nil {
            try Files.write(Array(wanted.utf8), to: path)
        } else {
            #expect(page == wanted, "BATON_UPDATE_SNAPSHOTS=1 writes it anew")
        }
    }

    @Test func `every profile is chosen by some version`() {
        #expect(Set(HandoverChoice.all.map(\.profile.name)) == Set(HandoverProfile.all.map(\.name)))
        for server in HandoverServer.allCases {
            #expect(HandoverChoice.all.contains { $0.server == server && $0.below == nil }, "the newest \(server)")
        }
    }
}
