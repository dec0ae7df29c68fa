/// What callers must be allowed to do to use a route.
public enum RouteScope: String, Sendable, Hashable, CaseIterable {
    /// Anybody may: is the server there, and what is it?
    case nothing
    /// Looking at what there is, values included.
    case read
    /// Running models, without changing them.
    case call
    /// Changing the values of models, and saving them.
    case train
    /// Making, replacing and deleting.
    case admin
}
