/// The forms in which a checkpoint travels.
public enum CheckpointForm: String, Sendable, CaseIterable {
    case safetensors
    case npz
    /// A tar file of the TensorFlow checkpoint's own files.
    case tar
}
