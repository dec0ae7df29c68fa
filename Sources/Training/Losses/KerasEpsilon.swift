/// What Keras adds or clips at to keep logarithms and quotients finite.
///
/// - Source: keras.backend.epsilon (2.15).
let kerasEpsilon = 1e-7
