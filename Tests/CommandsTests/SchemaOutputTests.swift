import Reactor
import TestSupport
import Testing

/// The published schemas against what the program really prints.
@Suite(.enabled(if: Surroundings.hasJSONSchema, "the judge is Debian's python3-jsonschema"))
struct SchemaOutputTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    private static let judge = """
        import json, os, sys
        import jsonschema
        folder, schemas = sys.argv[1], {}
        for file in os.listdir(folder):
            with open(os.path.join(folder, file)) as text:
                schemas[file] = json.load(text)
        lines = 0
        for name in os.listdir("out"):
            schema = schemas[name.split("-")[0] + ".schema.json"]
            jsonschema.Draft202012Validator.check_schema(schema)
            checker = jsonschema.Draft202012Validator(
                schema, resolver=jsonschema.RefResolver.from_schema(schema, store=schemas))
            with open(os.path.join("out", name)) as text:
                for line in text:
                    lines += 1
                    for error in checker.iter_errors(json.loads(line)):
                        print(name, error.message, line)
        print(lines, "lines")
        """

    @Test func `every line of stdout is as its schema says`() async throws {
        try await withWorkplace(hosts: 3) { place in
            try Files.write(Array(Self.judge.utf8), to: "\(place.directory)/judge.py")
            let plays = """
                - hosts: all
                  tasks:
                    - file: {path: "\(place.directory)/note-{{ inventory_hostname }}", content: hello}
                    - run: echo out; exit 3

                """
            try Files.write(Array(plays.utf8), to: "\(place.directory)/play.yml")
            let result = try await place.shell(
                """
                mkdir out
                baton() { "$BATON" "$@" 2>/dev/null; }
                i='\(place.inventory)'
                mixed='echo out; echo err >&2; printf "\\\\377"; [ $BATON_LAB_HOST != lab2 ] || exit 3; [ $BATON_LAB_HOST != lab3 ] || kill -9 $$'
                baton exec -i "$i" -o jsonl -- "$mixed" > out/event-mixed
                baton exec -i "$i" -o json -- "$mixed" > out/result-mixed
                baton exec -i "$i" -o json --timeout 300ms -- sleep 60 > out/result-late
                baton exec -i "$i" -o json --max-output 1k -- 'seq 1 5000' > out/result-dropped
                baton facts -i "$i" -o json > out/result-facts
                baton facts -i "$i" -o jsonl > out/event-facts
                sed 's/ansible_port: [0-9]*/ansible_port: 1/' "$i" > away.yml
                baton exec -i away.yml -l lab1 -o jsonl -- true > out/event-away
                baton exec -i away.yml -l lab1 -o json -- true > out/result-away
                baton lab status --directory fleet -o json > out/lab-up
                baton version -o json > out/version-now
                baton validate -i "$i" play.yml play.py -o json > out/validation-errors
                baton validate play.yml -o json > out/validation-good
                baton plan -i "$i" play.yml -o json --out plan.json > out/result-plan
                cp plan.json out/plan-file
                baton plan -i "$i" play.yml -o jsonl > out/event-plan
                baton deploy -i "$i" play.yml -y -o jsonl > out/event-deploy
                baton deploy -i "$i" play.yml -y -D -o json > out/result-deploy
                baton deploy -i "$i" play.yml -y --plan plan.json -o json > out/result-refused
                mkdir services
                echo 'services: {web: {command: /bin/true, processes: 2, environment: {A: !secret env:A}}}' > services/web.yml
                for supervisor in systemd supervisord upstart runit; do
                    baton render web --for $supervisor -o json > out/rendering-$supervisor
                done
                baton hosts -i "$i" --explain lab1 -o json > out/explain-all
                baton hosts -i "$i" --explain lab1 ansible_user -o json > out/explain-one
                /usr/bin/python3 judge.py '\(Self.root)/docs/schema'
                """
            )
            #expect(result.output.hasSuffix(" lines\n"), "\(result.errors)")
            #expect(result.output.split(separator: "\n").count == 1, "\(result.output)")
            let lines = Int(result.output.split(separator: " ")[0]) ?? 0
            #expect(lines > 40)
        }
    }
}
