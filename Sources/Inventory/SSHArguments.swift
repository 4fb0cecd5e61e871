/// Arguments for ssh that a variable holds, taken apart as a shell would; what they mean is not this room's business.
package struct SSHArgumentWords: Sendable, Equatable {
    /// The variable, and where it is defined, for messages.
    package let place: String
    package let words: [String]

    package init(place: String, words: [String]) {
        self.place = place
        self.words = words
    }
}
