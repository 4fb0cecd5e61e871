/// How much templates may ask for. What lies beyond is a mistake or an attack: it ends in an error, and in little time.
package struct TemplateLimits: Sendable {
    /// How deep brackets and signs lie in each other in one expression, and statements in a template.
    package var depth = 30
    /// How many parts of an expression lie in each other.
    package var height = 60
    /// How deep evaluation goes, through all variables that need each other.
    package var recursion = 120
    /// How much is done for one document: each part of an expression, each turn of a loop, each item of a list is a step.
    package var steps = 2_000_000
    /// The longest text.
    package var outputBytes = 16 << 20
    /// All the texts that are made on the way, together.
    package var madeBytes = 256 << 20
    /// How many values a value may hold, each counted where it stands.
    package var parts = 1_000_000
    /// How deep lists and maps lie in each other.
    package var nesting = 100

    package init() {}
}
