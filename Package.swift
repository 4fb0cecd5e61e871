// swift-tools-version: 6.2
import PackageDescription

// One target per room of the house; a room imports only rooms below it (docs/architecture.md, "The rooms").
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A room of the product.
func room(_ name: String, _ below: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: below, swiftSettings: strict)
}

/// The tests of a room; every test target may use what `TestSupport` offers.
func tests(of name: String, _ others: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + others,
        exclude: exclude,
        swiftSettings: strict
    )
}

let package = Package(
    name: "baton",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "baton", targets: ["baton"])],
    targets: [
        // Ground floor: C.
        .systemLibrary(
            name: "CLibSSH2",
            pkgConfig: "libssh2",
            providers: [.apt(["libssh2-1-dev"]), .brew(["libssh2"])]
        ),
        .systemLibrary(
            name: "CCrypto",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .target(name: "CSystem"),
        .target(name: "CPrograms", exclude: ["programs"]),

        // The rooms, lowest first.
        room("Text"),
        room("ClientConfig", ["Text"]),
        room("Reactor", ["CSystem"]),
        room("Shell", ["CSystem", "CPrograms", "CCrypto"]),
        room("Events", ["Text"]),
        room("Arguments", ["Text"]),
        room("Document", ["CYAML", "Shell", "Text"]),
        room("SSH", ["Reactor", "Shell", "CSystem", "CLibSSH2", "CCrypto", "Text"]),
        room("Inventory", ["Document", "Text"]),
        room("Fleet", ["SSH", "ClientConfig", "Inventory", "Events", "Reactor", "Shell"]),
        room("HostSide", ["Shell", "Text", "CPrograms"]),
        room("Supervision", ["Document", "HostSide", "Shell", "Text", "CPrograms"]),
        room("Playbook", ["Inventory", "Supervision", "HostSide", "Events", "Document", "Shell", "Text"]),
