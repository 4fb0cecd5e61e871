package import Document
import HostSide
package import Supervision
import Text

extension TaskResolver {
    /// A service of the project with everything in it evaluated for this host, and its files read.
    mutating func service(_ declaration: ServiceDeclaration) throws(DocumentError) -> ServiceDefinition {
        isHostOwn = true
        let scope = ServiceScope(evaluator)
        var notes = ServiceNotes()
        defer { evaluator.note(notes.wait, secrets: notes.secrets) }
        let release = contents.catalog?.release(of: declaration)
        var definition = try declaration.evaluate(release: release, scope, &notes)
        if definition.instances.contains(where: { !$0.secrets.isEmpty }) { holdsSecret() }
        for file in declaration.files {
            var own = scope.evaluator(for: declaration)
            defer { notes.secrets.formUnion(own.secrets) }
            let wish = try file.evaluate(own, &notes)
            do throws(DocumentError) {
                let installed = try contents.installed(wish, &own)
                if installed.isSecret { holdsSecret() }
                definition.files.append(installed)
            } catch {
                notes.wait = notes.wait ?? own.wait
                throw error
            }
        }
        return definition
    }
}

extension Contents {
    /// All files of a service, as they are where every secret is known.
    package func files(
        of declaration: ServiceDeclaration,
        _ scope: ServiceScope
    ) throws(DocumentError) -> [InstalledFile] {
        var files: [InstalledFile] = []
        var notes = ServiceNotes()
        for file in declaration.files {
            var evaluator = scope.evaluator(for: declaration)
            files.append(try installed(try file.evaluate(evaluator, &notes), &evaluator))
        }
        return files
    }

    /// The largest that a service's file may be: it travels inside a program.
    static let mostOfServices = 256 << 10

    /// A service's file, read and evaluated.
    package func installed(
        _ wish: FileWish,
        _ evaluator: inout Evaluator
    ) throws(DocumentError) -> InstalledFile {
        let (text, isSecret): (String, Bool)
        switch wish.source {
        case .template(let name):
            let file = try file(name, wish.origin, in: "templates", alsoNamed: ".j2")
            let template = try self.template(file, wish.origin)
            if let constant = template.constant {
                (text, isSecret) = (constant, false)
            } else {
                let rendered = try evaluator.text(template)
                (text, isSecret) = (rendered.text, rendered.isTainted)
            }
        case .file(let name):
            let file = try file(name, wish.origin, in: "files")
            guard file.content.file == nil, let own = String(validating: file.content.bytes, as: UTF8.self) else {
                throw DocumentError(.unfit(wish, "is no text: the kind \"file\" puts such files there"))
            }
            (text, isSecret) = (own, false)
        }
        if text.utf8.count > Contents.mostOfServices {
            throw DocumentError(.unfit(wish, "has more than \(Contents.mostOfServices >> 10) KiB"))
        }
        if text.utf8.contains(0) { throw DocumentError(.unfit(wish, "contains a NUL byte")) }
        return InstalledFile(path: wish.path, mode: wish.mode, owner: wish.owner, content: text, isSecret: isSecret)
    }

    /// What is wrong with the files of services that the project declares, as far as no host is needed to tell.
    package func checkServiceFiles(_ diagnostics: inout Diagnostics) {
        for service in (catalog?.services ?? [:]).sorted(by: { $0.key < $1.key }).map(\.value) {
            for file in service.files {
                guard let (source, origin) = file.constantSource else { continue }
                do throws(DocumentError) {
                    switch source {
                    case .template(let name):
                        let file = try self.file(name, origin, in: "templates", alsoNamed: ".j2")
                        _ = try template(file, origin)
                    case .file(let name): _ = try self.file(name, origin, in: "files")
                    }
                } catch {
                    diagnostics.add(contentsOf: error.diagnostics)
                }
            }
        }
    }
}

extension Diagnostic {
    fileprivate static func unfit(_ wish: FileWish, _ why: String) -> Diagnostic {
        Diagnostic("\(Printable.quoted(wish.path)) \(why)", in: wish.origin.source, at: wish.origin.position)
    }
}
