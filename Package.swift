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
        room("Handover", ["Supervision", "HostSide", "Shell", "Text", "CPrograms"]),
        room("Rollout", ["Events"]),
        room(
            "Playbook",
            ["Inventory", "Handover", "Supervision", "HostSide", "Events", "Document", "Shell", "Text"]
        ),
        room(
            "Run",
            [
                "Playbook", "Supervision", "Handover", "Rollout", "Fleet", "HostSide", "Inventory", "Events",
                "Document",
                "Reactor", "SSH", "Shell", "Text",
            ]
        ),
        room("Report", ["Events", "Text"]),
        room("Lab", ["Reactor", "Shell", "CSystem"]),
        room(
            "Commands",
            [
                "Arguments", "ClientConfig", "Document", "Events", "Fleet", "HostSide", "Inventory", "Lab", "Reactor",
                "Playbook", "Report", "Run", "SSH",
                "Shell", "Supervision", "CSystem", "Text",
            ]
        ),
        .executableTarget(name: "baton", dependencies: ["Commands"], swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["Reactor", "Shell", "Lab", "CSystem", "Document", "Events"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        // Real systemd hosts and what happens to them (docs/testing.md).
        .target(
            name: "TestHosts",
            dependencies: ["TestSupport", "Reactor", "CSystem"],
            path: "Tests/TestHosts",
            exclude: ["shell"],
            swiftSettings: strict
        ),
        tests(of: "TestHosts", ["CSystem", "Reactor", "SSH", "Shell"]),
        // Load on a service that is being changed, and real servers to change (docs/testing-load.md).
        .target(
            name: "TestLoad",
            dependencies: ["Reactor", "CSystem"],
            path: "Tests/TestLoad",
            swiftSettings: strict
        ),
        .target(
            name: "TestServers",
            dependencies: ["Handover", "HostSide", "TestLoad", "TestSupport", "Reactor", "CSystem"],
            path: "Tests/TestServers",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "baton-load",
            dependencies: ["TestLoad", "Reactor", "Arguments", "Events", "CSystem"],
            path: "Tests/LoadProgram",
            swiftSettings: strict
        ),
        tests(of: "TestLoad", ["TestServers", "Reactor", "CSystem", "baton-load"]),
        tests(of: "Reactor", ["CSystem"]),
        tests(of: "Shell", ["Reactor", "CPrograms"]),
        tests(of: "Text"),
        tests(of: "ClientConfig", ["Reactor"], exclude: ["Cases"]),
        tests(of: "Events", ["Reactor"]),
        tests(of: "Report", ["Events"]),
        tests(of: "Rollout", ["Events"]),
        tests(of: "HostSide", ["Shell", "Reactor"], exclude: ["Cases"]),
        tests(of: "Fleet", ["SSH", "ClientConfig", "Inventory", "Reactor"]),
        tests(
            of: "Run",
            [
                "Playbook", "Handover", "HostSide", "Events", "Document", "Fleet", "Inventory", "Lab", "Reactor", "SSH",
                "Shell", "Supervision", "TestHosts", "TestLoad", "TestServers",
            ]
        ),
        tests(of: "SSH", ["Shell", "Reactor", "Lab", "CCrypto", "CSystem", "Text"]),
        tests(of: "Lab", ["Reactor"]),
        tests(
            of: "Commands",
            ["Arguments", "baton", "Lab", "Reactor", "TestHosts", "TestLoad", "TestServers"],
            exclude: ["Snapshots"]
        ),
        tests(of: "Arguments", exclude: ["Snapshots"]),
        tests(of: "Document", ["Events", "Reactor", "Text"], exclude: ["Cases", "jinja.py"]),
        tests(
            of: "Playbook",
            ["Document", "Events", "HostSide", "Inventory", "Reactor", "Shell", "Supervision", "Text"],
            exclude: ["Cases"]
        ),
        tests(
            of: "Supervision",
            ["CPrograms", "Document", "HostSide", "Reactor", "Shell", "TestHosts", "Text"],
            exclude: ["Cases", "Fixtures"]
        ),
        tests(
            of: "Handover",
            ["HostSide", "Reactor", "Shell", "Supervision", "TestHosts", "TestLoad", "TestServers", "Text"],
            exclude: ["shell", "mutants.txt"]
        ),
        tests(of: "Inventory", ["Document", "Commands", "Events", "Reactor"], exclude: ["Cases", "compare.py"]),
    ],
    swiftLanguageModes: [.v6]
)
