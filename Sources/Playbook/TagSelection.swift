import Text

/// Which tasks `--tags` and `--skip-tags` leave, by Ansible's rules.
package struct TagSelection: Sendable, Equatable {
    package var only: Set<String>
    package var skipped: Set<String>

    /// Without any `--tags`, all.
    package init(only: [String] = [], skipped: [String] = []) {
        self.only = only.isEmpty ? ["all"] : Set(only)
        self.skipped = Set(skipped)
    }

    package func includes(_ tags: [String]) -> Bool {
        let own: Set<String> = tags.isEmpty ? ["untagged"] : Set(tags)
        return isChosen(own) && !isSkipped(own)
    }

    private func isChosen(_ own: Set<String>) -> Bool {
        if own.contains("always") || !own.isDisjoint(with: only) { return true }
        if own.contains("never") { return false }
        return only.contains("all") || (only.contains("tagged") && !own.contains("untagged"))
    }

    private func isSkipped(_ own: Set<String>) -> Bool {
        if skipped.contains("all") { return !own.contains("always") || skipped.contains("always") }
        if !own.isDisjoint(with: skipped) { return true }
        return skipped.contains("tagged") && !own.contains("untagged")
    }

    /// The tasks of a play that are left, in the order in which they are carried out.
    package func tasks(of play: Play) -> [TaskDefinition] { play.order.filter { includes($0.tags) } }

    /// A tag that no task has is a slip of the fingers, and not a reason to do nothing. Nil where all are known.
    package func problem(in playbook: Playbook) -> (message: String, hint: String)? {
        let known = Set(playbook.tasks.flatMap(\.tags))
        let special: Set<String> = ["all", "always", "never", "tagged", "untagged"]
        guard let tag = only.union(skipped).sorted().first(where: { !known.contains($0) && !special.contains($0) })
        else {
            return nil
        }
        let all = known.sorted()
        let list = all.isEmpty ? "no task has tags" : "tags are " + all.prefix(20).joined(separator: ", ")
        return ("no task has the tag \(Printable.quoted(tag))", Nearness.hint(for: tag, among: all) ?? list)
    }
}
