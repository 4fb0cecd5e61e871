import Arguments
import Events
import Reactor

/// `baton init`: a starter project.
enum InitCommand {
    static let directory = Operand.optional(
        as: .path(.directory, named: "DIR"),
        help: "Where to write it; the current directory if not said."
    )

    static let declaration = CommandDeclaration(
        name: "init",
        abstract: "Write a starter project.",
        discussion: """
            Writes baton.yml, an inventory, and a small playbook with a template. Files that are there already are left \
            as they are.
            """,
        examples: [.init("baton init shop", "A project in the new directory shop.")],
        operands: [directory]
    )

    static func run(_ parsed: Parsed, _ context: Context) throws(CommandError) -> Events.ExitCode {
        let root = context.path(parsed[directory] ?? ".")
        do throws(SystemError) {
            try Files.makeDirectory(root)
            for folder in ["inventories", "playbooks", "templates"] { try Files.makeDirectory("\(root)/\(folder)") }
            for (name, text) in files {
                let path = "\(root)/\(name)"
                if Files.exists(path) {
                    context.stderr.write("kept \(name)\n")
                } else {
                    try Files.write(Array(text.utf8), to: path)
                    context.stderr.write("wrote \(name)\n")
                }
            }
        } catch {
            throw CommandError(error.description)
        }
        return .done
    }

    static let files: [(name: String, text: String)] = [
        (
            "baton.yml",
            """
            # Defaults for every command in this project. Paths are relative to this file.
            inventory: inventories/production.yml
            forks: 50          # hosts at once
            output: text       # text, json or jsonl

            """
        ),
        (
            "inventories/production.yml",
            """
            # Your hosts, in Ansible's format: an inventory you have already works as it is.
            all:
              vars:
                ansible_user: deploy
                # ansible_ssh_private_key_file: ~/.ssh/id_ed25519
              children:
                web:
                  hosts:
                    web[1:2].example.com:
                db:
                  hosts:
                    db1.example.com:
                      ansible_port: 2222

            """
        ),
        (
            "playbooks/web.yml",
            """
            # What the hosts are to be like. Look first, then do it:
            #     baton plan playbooks/web.yml
            #     baton deploy playbooks/web.yml
            - name: Web
              hosts: web
              become: true
              vars:
                message: Welcome
              tasks:
                - directory: {path: /srv/shop, mode: "0755"}
                - name: Message of the day
                  template: {src: motd, dest: /srv/shop/motd, mode: "0644"}
                  register: motd
                - name: Say that it is new
                  run: logger "motd is new"
                  when: motd.changed

            """
        ),
        (
            "templates/motd.j2",
            """
            {{ message }} to {{ inventory_hostname }}.

            """
        ),
    ]
}
