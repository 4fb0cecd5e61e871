import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Clears up behind a test process that cannot do so itself, because it crashed or was killed. A shell waits for the end of
/// a pipe which only this process holds, and is told through it which directories tests have made. What is still there then
/// is removed, after whatever runs with its name in its arguments: the names are made up, and nobody else has them.
enum Aftermath {
    /// The writing end of the pipe, or -1.
    private static let pipe: Int32 = start()

    /// From now on this directory is somebody's to clear away.
    static func covers(_ directory: String) {
        guard pipe >= 0 else { return }
        let line = Array("\(directory)\n".utf8)
        _ = line.withUnsafeBytes { baton_write(pipe, $0.baseAddress, $0.count) }
    }

    private static let program = """
        all=
        while read -r directory; do all="$all $directory"; done
        for directory in $all; do
            [ -d "$directory" ] || continue
            for process in /proc/[0-9]*; do
                case $(tr '\\000' ' ' <"$process/cmdline") in *"$directory/"*) kill -KILL "${process#/proc/}" ;; esac
            done
            rm -rf "$directory"
        done
        """

    private static func start() -> Int32 {
        var ends: [Int32] = [-1, -1]
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard baton_pipe(&ends) == 0, nowhere >= 0 else { return -1 }
        let words: [UnsafeMutablePointer<CChar>?] = (["sh", "-c", program] as [String]).map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { for pointer in words + variables { free(pointer) } }
        // In a session of its own: what ends the tests, such as Ctrl-C, must not end it.
        let process = baton_spawn("/bin/sh", words, variables, [ends[0], nowhere, nowhere], nil, 1)
        close(ends[0])
        close(nowhere)
        if process > 0 { return ends[1] }
        close(ends[1])
        return -1
    }
}
