/// What a configuration makes of Baton's own lists of algorithms: names may go, and never come.
package struct Algorithms: Sendable {
    package typealias Change = @Sendable (_ own: [String]) -> [String]

    package var keyExchange: Change?
    package var hostKeys: Change?
    package var ciphers: Change?
    package var codes: Change?

    package init() {}

    /// Baton's own names that are left, in Baton's order.
    static func left(of own: [String], _ change: Change?) -> [String] {
        guard let change else { return own }
        let wanted = Set(change(own))
        return own.filter(wanted.contains)
    }
}
