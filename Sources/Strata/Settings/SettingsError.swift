/// A setting that cannot be, with the sentence that says why.
public struct SettingsError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
