/// Where a value was written.
package struct Origin: Sendable, Equatable {
    package var source: SourceText
    package var position: Position

    package init(_ source: SourceText, _ position: Position) {
        self.source = source
        self.position = position
    }
}
