import Foundation

/// Runs the shells and formatters that judge what is generated. Only tests start programs.
struct Program {
    let output: String
    let errors: String
    let status: Int32

    static func exists(_ name: String) -> Bool {
        ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + name) }
    }

    static func run(_ arguments: [String], input: String = "", in directory: URL? = nil) throws -> Program {
        let scratch = try Scratch()
        let inputFile = try scratch.write(input, to: "input")
        let errorFile = try scratch.write("", to: "errors")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = directory ?? scratch.directory
        // A home of its own: personal settings of shells must not matter, nor be touched.
        process.environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch.directory.path(), "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
        ]
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Program(
            output: String(decoding: data, as: UTF8.self),
            errors: try String(decoding: Data(contentsOf: errorFile), as: UTF8.self),
            status: process.terminationStatus
        )
    }
}

/// A directory that exists as long as the value is referenced.
final class Scratch: Sendable {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "baton-arguments-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> URL {
        let file = directory.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file
    }
}
