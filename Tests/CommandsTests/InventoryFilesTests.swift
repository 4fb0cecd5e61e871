import Reactor
import TestSupport
import Testing

/// Files and folders that are not what they seem. Half a fleet is never taken for the whole.
@Suite struct InventoryFilesTests {
    @Test func `links in circles, pipes and broken lines are errors`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let result = try await place.shell(
                """
                mkdir -p links pipe/group_vars round/group_vars/all
                echo h1 > links/hosts; ln -s . links/a; ln -s . links/b
                echo h1 > pipe/hosts; mkfifo pipe/group_vars/all
                echo h1 > round/hosts; ln -s .. round/group_vars/all/up
                echo 'h1 ansible_become_password="s3cr3t oops' > quote.ini
                for name in links pipe round quote.ini; do $BATON hosts -i $name; echo $?; done
                """
            )
            #expect(result.output == "1\n1\n1\n1\n")
            #expect(
                result.errors == """
                    links/a: error: is a link to a folder that it lies in
                    links/b: error: is a link to a folder that it lies in
                    pipe/group_vars/all: error: is no regular file
                    round/group_vars/all/up/all: error: is a link to a folder that it lies in
                    quote.ini:1:28: error: this quote is never closed

                    """
            )
        }
    }

    @Test(.enabled(if: Surroundings.isRoot && Surroundings.has("setpriv"), "another user's eyes need root"))
    func `a folder that cannot be read is no empty one`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let result = try await place.shell(
                """
                mkdir -p vars/group_vars below/inner whole
                for folder in vars below whole; do echo h1 > $folder/hosts; done
                chmod 000 vars/group_vars below/inner whole
                chmod 755 .
                cp "$BATON" baton
                for folder in vars below whole; do
                    setpriv --reuid 65534 --regid 65534 --clear-groups ./baton hosts -i $folder
                    echo $?
                done
                """
            )
            #expect(result.output == "1\n1\n1\n")
            #expect(
                result.errors == """
                    vars/group_vars: error: cannot be read: Permission denied
                    below/inner: error: cannot be read: Permission denied
                    whole: error: cannot be read: Permission denied

                    """
            )
        }
    }

    @Test func `a pipe of the shell's, long names and deep trees`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let result = try await place.shell(
                """
                bash -c '"$BATON" hosts -i <(echo h9)' || exit 1
                { head -c 200000 /dev/zero | tr '\\0' x; echo '[0:99999]'; } > long.ini
                "$BATON" hosts -i long.ini; echo $?
                { seq 0 20000 | awk '{ print "[g" $1 ":children]"; print "g" ($1 + 1) }'; echo '[g20001]'; echo h1; } > deep.ini
                "$BATON" hosts -i deep.ini --graph | tail -n 2 | tr -d ' |-'
                """
            )
            #expect(
                result.output == "h9  ungrouped\n1\n@g498:\n(groupsbelowthisarenotdrawn)\n",
                "\(result.output.suffix(300))"
            )
            #expect(result.errors.contains("the name is longer than 255 bytes"))
        }
    }

    @Test func `a range in many lines has a bound`() async throws {
        try await withWorkplace(hosts: 0) { place in
            let result = try await place.shell(
                """
                for line in $(seq 1 500); do echo 'h[1:100000] a=1'; done > many.ini
                ulimit -v 8000000
                "$BATON" hosts -i many.ini
                """
            )
            #expect(result.status == .exited(1))
            #expect(result.errors.hasPrefix("many.ini:21:1: error: the inventory names hosts"), "\(result.errors)")
        }
    }
}
