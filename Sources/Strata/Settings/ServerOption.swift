/// One setting of the server: its name, what it may be, what it is for.
///
/// The flag (`--max-body-bytes`), its twin in the environment (`STRATA_MAX_BODY_BYTES`), its key in the file
/// (`max-body-bytes`), the help and the table in the documentation all come from here.
public struct ServerOption: Sendable {
    typealias Place<Value> = WritableKeyPath<ServerSettings, Value> & Sendable

    enum Kind: Sendable {
        case text(any Place<String>)
        case optionalText(any Place<String?>)
        case texts(any Place<[String]>)
        case choice(any Place<String>, [String])
        case flag(any Place<Bool>)
        case number(any Place<Int>, ClosedRange<Int>)
        case optionalNumber(any Place<Int?>, ClosedRange<Int>)
        case real(any Place<Double>, ClosedRange<Double>)
    }

    public enum Group: String, Sendable, CaseIterable {
        case serving = "Serving"
        case security = "Security"
        case observing = "Observing"
        case limits = "Limits"
        case patience = "Patience, in seconds"
    }

    /// Words with hyphens between them.
    public let name: String
    public let group: Group
    let kind: Kind
    /// A sentence, without its default.
    public let help: String
    /// Whether SIGHUP takes a new value over; the others wait for a restart.
    public let isReloadable: Bool
    /// What the help says where a number would say little.
    private let defaultText: String?

    init(
        _ name: String, _ group: Group, _ kind: Kind, _ help: String, default defaultText: String? = nil,
        reloadable isReloadable: Bool = false
    ) {
        self.name = name
        self.group = group
        self.kind = kind
        self.help = help
        self.defaultText = defaultText
        self.isReloadable = isReloadable
    }

    /// `STRATA_MAX_BODY_BYTES`
    public var twin: String { "STRATA_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() }

    /// Whether the flag stands alone, without a value.
    public var isFlag: Bool { if case .flag = kind { true } else { false } }

    /// Whether several values may be given.
    public var isList: Bool { if case .texts = kind { true } else { false } }

    /// The values that are said in one text: where there may be several, commas stand between them.
    func words(in text: String) -> [String] { isList ? text.split(separator: ",").map(String.init) : [text] }

    /// What a value looks like, for the help.
    public var placeholder: String {
        switch kind {
        case .flag: ""
        case .choice(_, let words): "<" + words.joined(separator: "|") + ">"
        case .text, .optionalText, .texts: "<text>"
        case .number, .optionalNumber: "<number>"
        case .real: group == .patience ? "<seconds>" : "<number>"
        }
    }

    /// What holds where nothing is said.
    public var defaultDescription: String {
        if let defaultText { return defaultText }
        let texts = texts(in: ServerSettings())
        return texts.isEmpty ? "none" : texts.joined(separator: ", ")
    }

    /// The value in some settings, as a file would say it; none where there is none.
    public func texts(in settings: ServerSettings) -> [String] {
        switch kind {
        case .text(let place), .choice(let place, _): [settings[keyPath: place]]
        case .optionalText(let place): settings[keyPath: place].map { [$0] } ?? []
        case .texts(let place): settings[keyPath: place]
        case .flag(let place): [String(settings[keyPath: place])]
        case .number(let place, _): [String(settings[keyPath: place])]
        case .optionalNumber(let place, _): settings[keyPath: place].map { [String($0)] } ?? []
        case .real(let place, _): [ServerOption.text(settings[keyPath: place])]
        }
    }

    /// Takes what was said of this setting over.
    ///
    /// - Parameter source: where it was said, for the message.
    /// - Throws: `SettingsError` when it cannot be.
    func set(_ settings: inout ServerSettings, to texts: [String], from source: String) throws(SettingsError) {
        if case .texts(let place) = kind {
            settings[keyPath: place] = texts
            return
        }
        guard texts.count == 1 else { throw SettingsError("\(source) takes one value, but \(texts.count) were given") }
        let text = texts[0]
        switch kind {
        case .text(let place): settings[keyPath: place] = text
        case .optionalText(let place): settings[keyPath: place] = text.isEmpty ? nil : text
        case .texts: break
        case .choice(let place, let words):
            guard words.contains(text) else {
                throw SettingsError("\(source) must be one of \(words.joined(separator: ", ")), but it is '\(text)'")
            }
            settings[keyPath: place] = text
        case .flag(let place): settings[keyPath: place] = try ServerOption.truth(text, source)
        case .number(let place, let range): settings[keyPath: place] = try ServerOption.number(text, range, source)
        case .optionalNumber(let place, let range):
            settings[keyPath: place] = try ServerOption.number(text, range, source)
        case .real(let place, let range): settings[keyPath: place] = try ServerOption.number(text, range, source)
        }
    }

    /// Takes this setting of some settings over into others.
    func copy(from new: ServerSettings, to settings: inout ServerSettings) {
        switch kind {
        case .text(let place), .choice(let place, _): settings[keyPath: place] = new[keyPath: place]
        case .optionalText(let place): settings[keyPath: place] = new[keyPath: place]
        case .texts(let place): settings[keyPath: place] = new[keyPath: place]
        case .flag(let place): settings[keyPath: place] = new[keyPath: place]
        case .number(let place, _): settings[keyPath: place] = new[keyPath: place]
        case .optionalNumber(let place, _): settings[keyPath: place] = new[keyPath: place]
        case .real(let place, _): settings[keyPath: place] = new[keyPath: place]
        }
    }

    private static func truth(_ text: String, _ source: String) throws(SettingsError) -> Bool {
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off", "": return false
        default: throw SettingsError("\(source) must be true or false, but it is '\(text)'")
        }
    }

    private static func number<Number: LosslessStringConvertible & Comparable>(
        _ text: String, _ range: ClosedRange<Number>, _ source: String
    ) throws(SettingsError) -> Number {
        guard let number = Number(text) else {
            throw SettingsError("\(source) must be a number, but it is '\(text)'")
        }
        guard range.contains(number) else {
            throw SettingsError(
                "\(source) must be from \(range.lowerBound) to \(range.upperBound), but it is \(number)")
        }
        return number
    }

    /// Whole seconds without their `.0`.
    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
