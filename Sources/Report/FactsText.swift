package import Events

/// Facts of many hosts for people: what all have in common once, the rest host by host.
package enum FactsText {
    package static func render(_ results: [HostResult], _ style: Style, _ redactor: Redactor) -> String {
        let known = results.filter { $0.facts != nil }
        var text = ""
        let common = known.count > 1 ? commonFacts(known) : []
        if !common.isEmpty {
            text += style.paint("all \(HostList.count(known.count))", .bold) + "\n" + block(common, redactor)
        }
        for result in known {
            let own = (result.facts ?? []).filter { !common.contains($0) }
            if own.isEmpty { continue }
            text += style.paint(Screen.safe(result.host), .green) + "\n" + block(own, redactor)
        }
        return text
    }

    private static func commonFacts(_ results: [HostResult]) -> [HostResult.Fact] {
        (results[0].facts ?? []).filter { fact in results.dropFirst().allSatisfy { $0.facts?.contains(fact) == true } }
    }

    private static func block(_ facts: [HostResult.Fact], _ redactor: Redactor) -> String {
        let width = facts.map(\.name.count).max() ?? 0
        return facts.map { fact in
            let space = String(repeating: " ", count: width - fact.name.count)
            return "  \(fact.name)\(space)  \(Screen.safe(redactor.clean(fact.value)))\n"
        }.joined()
    }
}
