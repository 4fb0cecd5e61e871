import Commands

/// The executable: everything is in `Commands`.
@main enum Baton {
    static func main() { Entry.main() }
}
