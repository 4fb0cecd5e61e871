import Document
package import Events
package import Inventory

/// An inventory as JSON, in the layout of `ansible-inventory --list`.
package enum InventoryListing {
    // Ansible keeps these names for itself, and never shows what an inventory says of them.
    private static let reserved: Set<String> = [
        "ansible_async_path", "ansible_collection_name", "ansible_config_file", "ansible_dependent_role_names",
        "ansible_diff_mode", "ansible_facts", "ansible_forks", "ansible_inventory_sources", "ansible_limit",
        "ansible_play_batch", "ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_role_names",
        "ansible_playbook_python", "ansible_role_name", "ansible_role_names", "ansible_run_tags", "ansible_skip_tags",
        "ansible_verbosity", "ansible_version", "inventory_dir", "inventory_file", "inventory_hostname",
        "inventory_hostname_short", "groups", "group_names", "hostvars", "playbook_dir", "play_hosts", "role_name",
        "role_names", "role_path", "role_uuid",
    ]

    /// `hosts` are those to show; groups keep their children whoever is in them.
    package static func json(_ inventory: Inventory, hosts: [Host]) -> JSON {
        let shown = Set(hosts.map(\.name))
        var members: [JSON.Member] = []
        for group in inventory.groups {
            var parts: [JSON.Member] = []
            let names = group.name == "all" ? [] : group.hosts.filter(shown.contains)
            if !names.isEmpty { parts.append(.init(name: "hosts", value: .array(names.map { .string($0) }))) }
            if !group.children.isEmpty {
                parts.append(.init(name: "children", value: .array(group.children.map { .string($0) })))
            }
            if !parts.isEmpty { members.append(.init(name: group.name, value: .object(parts))) }
        }
        var variables: [JSON.Member] = []
        for host in hosts {
            let object = json(of: host.variables)
            if !object.isEmpty { variables.append(.init(name: host.name, value: .object(object))) }
        }
        let meta = JSON.members(["hostvars": .object(variables), "profile": .string("inventory_legacy")])
        return .object(members.filter { $0.name != "_meta" } + [.init(name: "_meta", value: meta)])
    }

    /// One host, for a line of its own.
    static func json(of host: Host) -> JSON {
        .members([
            "host": .string(host.name), "groups": .array(host.groups.map { .string($0) }),
            "vars": .object(json(of: host.variables)),
        ])
    }

    static func isReserved(_ name: String) -> Bool { reserved.contains(name) }

    private static func json(of variables: [Definition]) -> [JSON.Member] {
        variables.filter { !reserved.contains($0.name) }.map { .init(name: $0.name, value: json($0.value)) }
    }

    static func json(_ value: Value) -> JSON {
        switch value.content {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .int(let int): .integer(int)
        case .huge(let digits): .digits(digits)
        case .float(let double): .number(double)
        case .date(let text): .string(text)
        case .string(let text):
            value.isUnsafe ? .object([.init(name: "__ansible_unsafe", value: .string(text))]) : .string(text)
        case .list(let values): .array(values.map(json))
        case .map(let pairs): .object(pairs.map { .init(name: $0.name, value: json($0.value)) })
        // Where a secret lies is no secret; it is fetched only where it is used.
        case .secret(let reference): .object([.init(name: "__baton_secret", value: .string(reference.written))])
        case .opaque: .object([.init(name: "__ansible_vault", value: .string(value.text ?? ""))])
        }
    }
}
