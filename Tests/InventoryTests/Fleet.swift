import Document
import Inventory

/// An inventory with most of what decides order and precedence. What the tests expect of it is what ansible-core says.
let fleet = """
    all:
      vars: {level: all, only_all: 1}
      hosts:
        lone: {}
        "extra[1:3:2]":
      children:
        prod:
          vars: {level: prod, p: prod}
          children:
            web:
              vars: {level: web, w: 2.10}
              hosts:
                "web[01:03]": {n: 1}
                special:2222: {level: host}
            db:
              hosts:
                "db-[a:c]": ~
        zoo:
          vars: {level: zoo, tie: zoo}
          hosts: {web02: , db-b: }
        ant:
          vars: {level: ant, tie: ant}
          hosts: {web02: }
    web:
      hosts:
        late: {n: 3}
      vars: {w: 3}
    eu:
      vars: {ansible_group_priority: 10, tie: eu}
      hosts: {web02: {n: 2}, web03: }

    """

func inventory(_ text: String) throws(DocumentError) -> Inventory {
    try Inventory.parse([SourceText(name: "hosts.yml", text: text)])
}

/// What is said of an inventory that is not in order.
func problems(_ text: String) -> String {
    do throws(DocumentError) {
        _ = try inventory(text)
        return ""
    } catch {
        return error.description
    }
}

/// Only the lines that say what is wrong and where.
func heads(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { $0.contains(": error: ") || $0.contains(": note: ") }
}
