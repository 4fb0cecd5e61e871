import ClientConfig
import Testing

/// Arguments for ssh, as Ansible's variables hold them.
struct SSHArgumentsTests {
    private let place = Place("ansible_ssh_common_args")

    private func settings(_ words: String) throws -> HostSettings {
        let arguments = try SSHArguments(words.split(separator: " ").map(String.init), from: place)
        return try Memory.config([:]).settings(for: "h", given: Given(options: arguments.options))
    }

    @Test func `what they set`() throws {
        #expect(try settings("-o Port=5").port == 5)
        #expect(try settings("-oPort=5").port == 5)
        #expect(try settings("-p5 -l me -p 6").port == 5)
        #expect(try settings("-Cqp 5").port == 5)
        #expect(try settings("-vvv -T -tt -lme").user == "me")
        #expect(try settings("-J a,b:3").proxyJump?.map(\.host) == ["a", "b"])
        #expect(try settings("-i /a -i /b").identityFiles == ["/a", "/b"])
        #expect(try settings("-4").addressFamily == .inet)
        #expect(try settings("-x6a").addressFamily == .inet6)
        #expect(try settings("-c aes256-ctr -m hmac-sha2-256").ciphers == AlgorithmList(.replace, ["aes256-ctr"]))
        #expect(try settings("-I /p.so").needsOpenSSH.map(\.directive) == ["PKCS11Provider"])
        #expect(try settings("-L 80:h:80 -D1080 -E /log -e none -S /s -C -o ControlMaster=auto") == settings(""))
    }

    @Test func `a value keeps its blanks`() throws {
        let arguments = try SSHArguments(["-i", "~/my key", "-o", "ProxyCommand=nc -x p %h %p"], from: place)
        let found = try Memory.config([:]).settings(for: "h", given: Given(options: arguments.options))
        #expect(found.identityFiles == ["/home/me/my key"])
        #expect(found.proxyCommand == "nc -x p h 22")
    }

    @Test func `another file takes the place of the usual ones`() throws {
        #expect(try SSHArguments(["-F", "/x", "-C"], from: place).files == .only("/x"))
        #expect(try SSHArguments(["-Fnone"], from: place).files == ConfigFiles.none)
        #expect(try SSHArguments(["-F", "/x", "-F/y"], from: place).files == .only("/y"))
        #expect(try SSHArguments([], from: place).files == nil)
    }

    @Test(arguments: [
        ("-N", "ssh's option -N cannot be used"), ("-qW h:1", "ssh's option -W cannot be used"),
        ("-o", "nothing follows -o"), ("host", "the argument \"host\" is no option of ssh"),
        ("--", "the argument \"--\" is no option of ssh"), ("-", "the argument \"-\" is no option of ssh"),
        ("-é", "ssh's option -é cannot be used"), ("-p", "nothing follows -p"),
    ])
    func `others are told by name`(words: String, message: String) {
        do throws(ConfigError) {
            _ = try SSHArguments(words.split(separator: " ").map(String.init), from: place)
            Issue.record("no error")
        } catch {
            #expect(error.problems.map(\.message) == [message])
            #expect(error.problems.map(\.place) == [place])
        }
    }

    @Test func `a wrong value is told with where it came from`() {
        do {
            _ = try settings("-p x")
            Issue.record("no error")
        } catch {
            let expected = "ansible_ssh_common_args: error: Port must be a number from 1 to 65535, not \"x\""
            #expect("\(error)" == expected)
        }
    }
}
