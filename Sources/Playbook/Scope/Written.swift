import Document
import Inventory
import Shell

/// What tasks are made of that are not understood before the run: the variables that they can see.
extension HostScope {
    /// The variables of the command line and of the inventory, as one text. Without secrets, and without what says how a
    /// host is reached, which may be one.
    package var written: String {
        var text = ""
        for (name, value) in run.extra.sorted(by: { $0.key < $1.key }) { text += "\(name)=\(value.written);" }
        for name in host.variables.map(\.name).sorted() where !name.hasPrefix("ansible_") {
            text += "\(name)=\(host.variable(named: name)?.value.written ?? "");"
        }
        return Checksum.sha256(Array(text.utf8))
    }
}

extension Value {
    fileprivate var written: String {
        if isTainted { return "secret" }
        switch content {
        case .list(let values): return "[\(values.map(\.written).joined(separator: ","))]"
        case .map(let pairs):
            return "{\(pairs.map { "\($0.name.debugDescription):\($0.value.written)" }.joined(separator: ","))}"
        case .secret: return "secret"
        default: return "\(content)"
        }
    }
}
