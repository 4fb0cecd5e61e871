package import Shell

/// Reads the answers of an `OperationsProgram` as they come, in pieces of any size: what each step printed, and how it
/// ended. A value without I/O that does not believe the host: steps begin in their order or the rest is not read.
package struct OperationsReader: Sendable {
    package enum Event {
        case began(Int)
        /// Output of a step; the bytes are valid during the call only.
        case output(Int, StandardStream, UnsafeRawBufferPointer)
        case ended(Int, StepEnd, stdout: Capture, stderr: Capture, note: String?)
    }

    /// Where one stream is. Its steps come one after another; the other stream may be behind or ahead.
    private struct Place {
        var scanner: MarkerScanner
        /// Index of the step that it is in or comes to.
        var index = 0
        var isInside = false
        var isInNote = false
    }

    private struct Gathered {
        var captures: [Capture]
        var end: StepEnd?
        var note: [UInt8] = []
        var hasErrors = false
    }

    private let steps: [Int]
    private let keep: Int
    private let limits: [Int: Int]
    private var places: [Place]
    private var gathered: [Int: Gathered] = [:]
    /// The host does not keep to the framing; nothing that it says from then on is reported.
    package private(set) var isBroken = false

    /// By stream: a step has just begun, and the byte that stands behind its mark has not come.
    private var awaitsFiller = [false, false]

    private static let noteLimit = 4096

    /// `limits` are for steps of which another amount than `keep` is kept.
    package init(key: Marker, steps: [Int], keep: Int, limits: [Int: Int] = [:]) {
        self.limits = limits
        self.steps = steps
        self.keep = keep
        places = StandardStream.allCases.map { _ in Place(scanner: MarkerScanner(key)) }
    }

    package mutating func feed(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer, _ report: (Event) -> Void) {
        var rest = bytes
        while !rest.isEmpty, !isBroken {
            var place = places[stream.rawValue]
            var end: MarkerScanner.End?
            // A value that is being fed cannot be looked at.
            let before = place
            do throws(MarkerScanner.Broken) {
                end = try place.scanner.feed(rest) { output($0, stream, in: before, report) }
            } catch {
                isBroken = true
            }
            if let end, !isBroken { mark(end.trailer, stream, &place, report) }
            places[stream.rawValue] = place
            guard let end else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[end.used...])
        }
    }

    private mutating func output(
        _ bytes: UnsafeRawBufferPointer,
        _ stream: StandardStream,
        in place: Place,
        _ report: (Event) -> Void
    ) {
        // Between steps nothing belongs to anybody: a background child, or noise of the shell before the first.
        guard place.isInside else { return }
        if awaitsFiller[stream.rawValue] {
            awaitsFiller[stream.rawValue] = false
            if bytes.count == 1 { return }
            return output(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), stream, in: place, report)
        }
        if place.isInNote {
            let room = max(0, Self.noteLimit - (gathered[place.index]?.note.count ?? 0))
            gathered[place.index]?.note += bytes.prefix(room)
        } else {
            gathered[place.index]?.captures[stream.rawValue].append(bytes)
            report(.output(steps[place.index], stream, bytes))
        }
    }

    private mutating func mark(
        _ trailer: String,
        _ stream: StandardStream,
        _ place: inout Place,
        _ report: (Event) -> Void
    ) {
        let words = trailer.split(separator: " ")
        switch (words.first, place.isInside) {
        case ("b", false):
            guard words.count == 2, place.index < steps.count, words[1] == String(steps[place.index]) else { break }
            place.isInside = true
            awaitsFiller[stream.rawValue] = true
            if gathered[place.index] == nil {
                let empty = empty(place.index)
                gathered[place.index] = Gathered(captures: [empty, empty])
            }
            if stream == .stdout { report(.began(steps[place.index])) }
            return
        case ("r", true):
            // It is tried again: what the attempt before it said is not of the result.
            guard words.count == 1, !place.isInNote else { break }
            let none = empty(place.index)
            gathered[place.index]?.captures[stream.rawValue] = none
            return
        case ("n", true):
            guard words.count == 1, stream == .stdout, !place.isInNote else { break }
            place.isInNote = true
            return
        case ("e", true):
            guard words.count == 2, let end = StepEnd(word: words[1]) else { break }
            if stream == .stdout { gathered[place.index]?.end = end } else { gathered[place.index]?.hasErrors = true }
            finish(place.index, report)
            place.isInside = false
            place.isInNote = false
            place.index += 1
            return
        default:
            break
        }
        isBroken = true
    }

    private func empty(_ index: Int) -> Capture { Capture(limit: limits[steps[index]] ?? keep) }

    /// A step has ended when both streams have said so.
    private mutating func finish(_ index: Int, _ report: (Event) -> Void) {
        guard let step = gathered[index], var end = step.end, step.hasErrors else { return }
        gathered[index] = nil
        var note: String? = String(decoding: step.note, as: UTF8.self)
        if step.note.isEmpty { note = nil }
        if case .skipped = end {
            // A script says it on the last line of what it prints.
            end = .skipped(note ?? step.captures[0].lastLine)
            note = nil
        }
        report(.ended(steps[index], end, stdout: step.captures[0], stderr: step.captures[1], note: note))
    }
}

extension StepEnd {
    fileprivate init?(word: Substring) {
        switch word {
        case "done": self = .done
        case "skipped": self = .skipped("")
        case "stale": self = .stale
        default:
            guard word.utf8.count <= 3, let status = Int32(word), (1...255).contains(status) else { return nil }
            self = .failed(status: status)
        }
    }
}

extension Capture {
    fileprivate var lastLine: String {
        let lines = bytes.suffix(1000).split(whereSeparator: { $0 == 10 || $0 == 13 })
        return lines.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
