import Shell
import Testing

/// What is sent to a host, exactly.
@Suite struct ProgramTextTests {
    private static let marker = Marker((0, 15))
    private static let key = "0000000000000000000000000000000f"

    @Test func `a program without arguments is its text`() {
        #expect(ReadingProgram("look", "uname -a").text == "uname -a")
        #expect(ReadingProgram("look", "uname -a").label == "look")
    }

    @Test func `arguments become positional parameters`() {
        #expect(
            ReadingProgram("x", "cat \"$1\"", arguments: ["-f", "it's"]).text == "set -- -f 'it'\\''s'\ncat \"$1\""
        )
        #expect(ChangingProgram("x", "rm \"$1\"", arguments: [""]).text == "set -- ''\nrm \"$1\"")
    }

    @Test func `the loop of many frames`() {
        #expect(
            ShellLoop.many == #"""
                printf "\n%s %s\n" "$1" "$$"; printf "\n%s\n" "$1" >&2; while read -r _baton_k _baton_p; do _baton_p=$(printf %b "$_baton_p") && (unset _baton_k; set --; eval "$_baton_p") </dev/null; _baton_s=$?; printf "\n%s %d\n" "$_baton_k" "$_baton_s"; printf "\n%s\n" "$_baton_k" >&2; done
                """#
        )
    }

    @Test func `the loop of one frame`() {
        #expect(
            ShellLoop.one == #"""
                printf "\n%s %s\n" "$1" "$$"; printf "\n%s\n" "$1" >&2; read -r _baton_k _baton_p && { _baton_p=$(printf %b "$_baton_p") && (unset _baton_k; set --; eval "$_baton_p"); _baton_s=$?; printf "\n%s %d\n" "$_baton_k" "$_baton_s"; printf "\n%s\n" "$_baton_k" >&2; }
                """#
        )
    }

    @Test(arguments: [ShellLoop.many, ShellLoop.one])
    func `the loop has nothing that a login shell would change`(text: String) {
        #expect(!text.contains { $0 == "'" || $0 == "!" || $0.isNewline })
    }

    @Test func `the command for the login user`() {
        let command = ShellLoop.command("LOOP", greeting: Self.marker, become: nil)
        #expect(command == "exec sh -c 'LOOP' baton \(Self.key)")
    }

    @Test func `the command through sudo without a password`() {
        let command = ShellLoop.command("LOOP", greeting: Self.marker, become: Become(user: "web app", prompt: nil))
        #expect(command == "exec sudo -H -n -u 'web app' -- sh -c 'LOOP' baton \(Self.key)")
    }

    @Test func `the command through sudo with a password`() {
        let become = Become(user: "root", prompt: Marker((0, 1)))
        let command = ShellLoop.command("LOOP", greeting: Self.marker, become: become)
        let prompt = "baton-00000000000000000000000000000001"
        #expect(become.prompt == prompt)
        #expect(command == "exec sudo -H -S -p \(prompt) -u root -- sh -c 'LOOP' baton \(Self.key)")
    }

    @Test(arguments: [
        ("true", "true"), ("", ""), ("é\n", #"é\n"#), ("-x", #"\n-x"#), (" a\\n ", #" a\\n "#), ("\t\r\0", "\t\r\0"),
    ])
    func `a frame is one line, and a dash does not come first`(text: String, expected: String) {
        #expect(ShellLoop.frame(text, Self.marker) == Array("\(Self.key) \(expected)\\n\n".utf8))
    }

    @Test func `an upload's program names place, mode, size, sum and key`() {
        let upload = Upload(destination: "/srv/a b", mode: 0o640, sha256: "abc", size: 12)
        let program = upload.program(key: Self.marker)
        #expect(program.label == "upload /srv/a b")
        #expect(program.text == "set -- '/srv/a b' 640 12 abc \(Self.key)\n\(ProgramFile.upload)")
    }

    @Test func `ending a loop names its process`() {
        #expect(EndPrograms.program(loop: 77).text == "set -- 77\n\(ProgramFile.end)")
    }

    @Test func `the embedded programs are whole`() {
        for text in [ProgramFile.upload, ProgramFile.end, ProgramFile.facts] {
            #expect(text.hasPrefix("#!/bin/sh\n#"))
            #expect(text.hasSuffix("\n"))
            #expect(!text.contains("\0"))
        }
    }
}
