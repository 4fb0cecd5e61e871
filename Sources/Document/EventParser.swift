import CYAML

/// What the C parser reports, one step of a document at a time.
struct ParserEvent {
    /// The kinds that matter here.
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(Node.Scalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var position: Position
}

/// The C parser. It reads memory that its maker keeps alive, and is released with this value.
struct EventParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let isReady: Bool

    /// `bytes` must outlive the parser, and not be empty.
    init(reading bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        isReady = yaml_parser_initialize(parser) != 0
        if isReady {
            // Said outright: the parser would guess UTF-16 from a byte order mark.
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        }
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
    }

    mutating func next() throws(SyntaxProblem) -> ParserEvent {
        guard isReady else { throw .outOfMemory }
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else { throw SyntaxProblem(of: parser.pointee) }
        defer { yaml_event_delete(&event) }
        var anchor: String?
        var tag: String?
        let kind: ParserEvent.Kind
        switch event.type {
        case YAML_STREAM_START_EVENT:
            kind = .streamStart
        case YAML_DOCUMENT_START_EVENT:
            kind = .documentStart
        case YAML_DOCUMENT_END_EVENT:
            kind = .documentEnd
        case YAML_ALIAS_EVENT:
            kind = .alias(EventParser.string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            anchor = EventParser.string(scalar.anchor)
            tag = EventParser.string(scalar.tag)
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            kind = .scalar(Node.Scalar(text, style: EventParser.style(scalar.style)))
        case YAML_SEQUENCE_START_EVENT:
            anchor = EventParser.string(event.data.sequence_start.anchor)
            tag = EventParser.string(event.data.sequence_start.tag)
            kind = .sequenceStart
        case YAML_SEQUENCE_END_EVENT:
            kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            anchor = EventParser.string(event.data.mapping_start.anchor)
            tag = EventParser.string(event.data.mapping_start.tag)
            kind = .mappingStart
        case YAML_MAPPING_END_EVENT:
            kind = .mappingEnd
        default:
            // After its end, and for nothing else, the stream gives events without a type.
            kind = .streamEnd
        }
        return ParserEvent(kind: kind, anchor: anchor, tag: tag, position: Position(event.start_mark))
    }

    private static func string(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private static func style(_ style: yaml_scalar_style_t) -> Node.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .literal
        default: .plain
        }
    }
}

extension Position {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
