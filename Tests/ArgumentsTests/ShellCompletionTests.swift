import Arguments
import Foundation
import Testing

/// Lets the real shells complete lines with the generated scripts.
@Suite struct ShellCompletionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        let words: [String]
        var testDescription: String { line }
    }

    /// The line up to the cursor, and all words a shell may then offer.
    static let cases: [Case] = [
        Case(line: "baton ", words: ["apply", "exec", "help", "lab"]),
        Case(line: "baton ex", words: ["exec"]),
        Case(line: "baton lab ", words: ["compare", "down", "up"]),
        Case(line: "baton lab u", words: ["up"]),
        Case(line: "baton -i lab l", words: ["lab"]),
        Case(line: "baton --inventory lab l", words: ["lab"]),
        Case(line: "baton --inventory=lab l", words: ["lab"]),
        Case(line: "baton -v -ilab lab d", words: ["down"]),
        Case(line: "baton lab -n up d", words: ["down"]),
        Case(line: "baton --inven", words: ["--inventory"]),
        Case(line: "baton lab up --inven", words: ["--inventory"]),
        Case(line: "baton lab up --na", words: ["--name"]),
        Case(line: "baton lab up --ho", words: ["--hosts"]),
        Case(line: "baton lab down --ho", words: []),
        Case(line: "baton lab up --he", words: ["--help"]),
        Case(line: "baton apply --for", words: ["--forks"]),
        Case(line: "baton exec --che", words: []),
        Case(line: "baton --color ", words: ["json", "text", "yaml"]),
        Case(line: "baton --color j", words: ["json"]),
        Case(line: "baton apply --color=j", words: ["json"]),
        Case(line: "baton apply --color=", words: ["json", "text", "yaml"]),
        Case(line: "baton apply al", words: ["alpha.yml"]),
        Case(line: "baton apply -C al", words: ["alpha.yml"]),
        Case(line: "baton apply -Cf 3 al", words: ["alpha.yml"]),
        Case(line: "baton apply -f3 al", words: ["alpha.yml"]),
        Case(line: "baton apply alpha.yml al", words: []),
        Case(line: "baton apply -- al", words: ["alpha.yml"]),
        Case(line: "baton lab compare al", words: ["alpha.yml"]),
        Case(line: "baton lab compare x be", words: ["beta.txt"]),
        Case(line: "baton apply --key-directory g", words: ["gamma"]),
        Case(line: "baton apply --key-directory al", words: []),
        Case(line: "baton --inventory al", words: ["alpha.yml"]),
        Case(line: "baton --inventory=al", words: ["alpha.yml"]),
        Case(line: "baton apply --limit al", words: []),
        Case(line: "baton lab down y", words: ["yaml"]),
        Case(line: "baton lab down yaml y", words: []),
        Case(line: "baton exec web -- --li", words: []),
        Case(line: "baton exec web al", words: []),
        Case(line: "baton help lab d", words: ["down"]),
        Case(line: "baton help ap", words: ["apply"]),
    ]

    private func scratch(_ shell: Shell) throws -> Scratch {
        let scratch = try Scratch()
        for name in ["alpha.yml", "beta.txt", "gamma/delta"] { try scratch.write("", to: "files/\(name)") }
        try scratch.write(FakeTool.tool.completionScript(for: shell), to: "script")
        return scratch
    }

    /// Every shell has its own way to write the part of the word that was there already.
    private func normalized(_ lines: some Sequence<Substring>) -> [String] {
        lines
            .map { line in
                let word = line.split(separator: "\t").first ?? ""
                let value = word.hasPrefix("--") ? word.split(separator: "=").last ?? "" : word
                return String(value.last == "/" ? value.dropLast() : value)
            }
            .filter { !$0.isEmpty }
            .sorted()
    }

    @Test(
        .enabled(if: Program.exists("bash") && Program.exists("zsh") && Program.exists("fish")),
        arguments: [["bash", "-n"], ["zsh", "-n"], ["fish", "--no-execute"]]
    )
    func `the shell accepts the script`(command: [String]) throws {
        let shell = try #require(Shell(rawValue: command[0]))
        let scratch = try scratch(shell)
        let result = try Program.run(command + [scratch.directory.appending(path: "script").path()])
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }

    @Test(.enabled(if: Program.exists("bash")), arguments: cases)
    func `bash completes`(case: Case) throws {
        let scratch = try scratch(.bash)
        // Readline makes words of equals signs before it calls the function.
        let spaced = `case`.line.replacing("=", with: " = ")
        let words = spaced.split(separator: " ").map(String.init) + (`case`.line.last == " " ? [""] : [])
        let harness = """
            source ../script
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            _baton
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try Program.run(
            ["bash", "--norc", "-c", harness, "bash"] + words,
            in: scratch.directory.appending(path: "files")
        )
        #expect(result.errors.isEmpty)
        #expect(normalized(result.output.split(separator: "\n")) == `case`.words)
    }

    @Test(.enabled(if: Program.exists("bash")), arguments: [("--color=j", ["--color=json"]), ("--key=j", [])])
    func `bash completes words that were not split at equals signs`(word: String, words: [String]) throws {
        let harness = """
            source ../script; COMP_WORDS=(baton apply "$1"); COMP_CWORD=2; _baton; printf '%s\\n' "${COMPREPLY[@]}"
            """
        let scratch = try scratch(.bash)
        let files = scratch.directory.appending(path: "files")
        let result = try Program.run(["bash", "--norc", "-c", harness, "bash", word], in: files)
        #expect(result.errors.isEmpty)
        #expect(result.output.split(separator: "\n").map(String.init) == words)
    }

    @Test(.enabled(if: Program.exists("fish")), arguments: cases)
    func `fish completes`(case: Case) throws {
        let scratch = try scratch(.fish)
        let result = try Program.run(
            ["fish", "--no-config", "-c", "source ../script; complete -C \"$argv[1]\"", `case`.line],
            in: scratch.directory.appending(path: "files")
        )
        #expect(result.errors.isEmpty)
        #expect(normalized(result.output.split(separator: "\n")) == `case`.words)
    }

    /// Zsh completes only at a terminal, so one zsh types into another. A widget behind every line marks the
    /// end of its matches; reading waits for the mark and not for time.
    private static let zshHarness = #"""
        zmodload zsh/zpty
        zpty inner zsh -f -i
        zpty -w inner 'source ../inner.zsh'
        zpty -r inner ignored '*READY*' || exit 1
        for line in "$@"; do
            zpty -w -n inner $'\C-u'"$line"$'\t\C-x\C-e'
            zpty -r inner ignored '*MARK*' || exit 1
        done
        zpty -d inner
        """#

    private static let zshInner = #"""
        PS1= PS2= RPS1=
        unsetopt auto_list auto_menu list_beep zle_bracketed_paste 2>/dev/null
        unset zle_bracketed_paste
        autoload -Uz compinit && compinit -D -u
        source ../script
        zstyle ':completion:*' menu no
        compadd() {
            local -a hits options=("${(@)@[1,(i)(-|--)]}")
            if [[ -z ${options[(r)-(O|A|D)*]} ]]; then
                builtin compadd -A hits "$@"
                (( $#hits )) && print -rl -- $hits >>../matches
            fi
            builtin compadd "$@"
        }
        mark() { print -r -- ---- >>../matches; print -n MA''RK }
        zle -N mark
        bindkey '^X^E' mark
        print REA''DY
        """#

    @Test(.enabled(if: Program.exists("zsh")), .timeLimit(.minutes(2)))
    func `zsh completes`() throws {
        let scratch = try scratch(.zsh)
        try scratch.write(Self.zshInner, to: "inner.zsh")
        let harness = try scratch.write(Self.zshHarness, to: "outer.zsh")
        let result = try Program.run(
            ["zsh", "-f", harness.path()] + Self.cases.map(\.line),
            in: scratch.directory.appending(path: "files")
        )
        #expect(result.status == 0)
        let data = try Data(contentsOf: scratch.directory.appending(path: "matches"))
        let answers = String(decoding: data, as: UTF8.self).split(separator: "----\n", omittingEmptySubsequences: false)
        #expect(answers.count == Self.cases.count + 1)
        for (sample, answer) in zip(Self.cases, answers) {
            let words = Set(normalized(answer.split(separator: "\n"))).sorted()
            #expect(words == sample.words, "after: \(sample.line)")
        }
    }
}
