import Formats

/// The layers that a model's JSON may name: one line each.
public enum LayerCatalog {
    typealias Maker = @Sendable (LayerConfiguration) throws -> Layer

    private static let makers: [String: Maker] = [
        "Activation": Activation.init(configuration:),
        "ActivityRegularization": ActivityRegularization.init(configuration:),
        "Add": Add.init(configuration:),
        "AdditiveAttention": AdditiveAttention.init(configuration:),
        "AlphaDropout": AlphaDropout.init(configuration:),
        "Attention": Attention.init(configuration:),
        "Average": Average.init(configuration:),
        "AveragePooling1D": AveragePooling1D.init(configuration:),
        "AveragePooling2D": AveragePooling2D.init(configuration:),
        "AveragePooling3D": AveragePooling3D.init(configuration:),
        "BatchNormalization": BatchNormalization.init(configuration:),
        "Bidirectional": Bidirectional.init(configuration:),
        "Concatenate": Concatenate.init(configuration:),
        "Conv1D": Conv1D.init(configuration:),
        "Conv1DTranspose": Conv1DTranspose.init(configuration:),
        "Conv2D": Conv2D.init(configuration:),
        "Conv2DTranspose": Conv2DTranspose.init(configuration:),
        "Conv3D": Conv3D.init(configuration:),
        "Conv3DTranspose": Conv3DTranspose.init(configuration:),
        "ConvLSTM1D": ConvLSTM1D.init(configuration:),
        "ConvLSTM2D": ConvLSTM2D.init(configuration:),
        "ConvLSTM3D": ConvLSTM3D.init(configuration:),
        "Cropping1D": Cropping1D.init(configuration:),
        "Cropping2D": Cropping2D.init(configuration:),
        "Cropping3D": Cropping3D.init(configuration:),
        "Dense": Dense.init(configuration:),
        "DepthwiseConv1D": DepthwiseConv1D.init(configuration:),
        "DepthwiseConv2D": DepthwiseConv2D.init(configuration:),
        "Dot": Dot.init(configuration:),
        "Dropout": Dropout.init(configuration:),
        "ELU": ELU.init(configuration:),
        "Embedding": Embedding.init(configuration:),
        "Flatten": Flatten.init(configuration:),
        "GRU": GRU.init(configuration:),
        "GRUCell": GRUCell.init(configuration:),
        "GaussianDropout": GaussianDropout.init(configuration:),
        "GaussianNoise": GaussianNoise.init(configuration:),
        "GlobalAveragePooling1D": GlobalAveragePooling1D.init(configuration:),
        "GlobalAveragePooling2D": GlobalAveragePooling2D.init(configuration:),
        "GlobalAveragePooling3D": GlobalAveragePooling3D.init(configuration:),
        "GlobalMaxPooling1D": GlobalMaxPooling1D.init(configuration:),
        "GlobalMaxPooling2D": GlobalMaxPooling2D.init(configuration:),
        "GlobalMaxPooling3D": GlobalMaxPooling3D.init(configuration:),
        "GroupNormalization": GroupNormalization.init(configuration:),
        "GroupQueryAttention": GroupQueryAttention.init(configuration:),
        "Identity": Identity.init(configuration:),
        "InputLayer": InputLayer.init(configuration:),
        "LSTM": LSTM.init(configuration:),
        "LSTMCell": LSTMCell.init(configuration:),
        "LayerNormalization": LayerNormalization.init(configuration:),
        "LeakyReLU": LeakyReLU.init(configuration:),
        "Masking": Masking.init(configuration:),
        "MaxPooling1D": MaxPooling1D.init(configuration:),
        "MaxPooling2D": MaxPooling2D.init(configuration:),
        "MaxPooling3D": MaxPooling3D.init(configuration:),
        "Maximum": Maximum.init(configuration:),
        "Minimum": Minimum.init(configuration:),
        "MultiHeadAttention": MultiHeadAttention.init(configuration:),
        "Multiply": Multiply.init(configuration:),
        "Normalization": Normalization.init(configuration:),
        "PReLU": PReLU.init(configuration:),
        "Permute": Permute.init(configuration:),
        "RMSNormalization": RMSNormalization.init(configuration:),
        "RNN": RNN.init(configuration:),
        "ReLU": ReLU.init(configuration:),
        "RepeatVector": RepeatVector.init(configuration:),
        "Rescaling": Rescaling.init(configuration:),
        "Reshape": Reshape.init(configuration:),
        "SeparableConv1D": SeparableConv1D.init(configuration:),
        "SeparableConv2D": SeparableConv2D.init(configuration:),
        "SimpleRNN": SimpleRNN.init(configuration:),
        "SimpleRNNCell": SimpleRNNCell.init(configuration:),
        "Softmax": Softmax.init(configuration:),
        "SpatialDropout1D": SpatialDropout1D.init(configuration:),
        "SpatialDropout2D": SpatialDropout2D.init(configuration:),
        "SpatialDropout3D": SpatialDropout3D.init(configuration:),
        "StackedRNNCells": StackedRNNCells.init(configuration:),
        "Subtract": Subtract.init(configuration:),
        "ThresholdedReLU": ThresholdedReLU.init(configuration:),
        "TimeDistributed": TimeDistributed.init(configuration:),
        "UnitNormalization": UnitNormalization.init(configuration:),
        "UpSampling1D": UpSampling1D.init(configuration:),
        "UpSampling2D": UpSampling2D.init(configuration:),
        "UpSampling3D": UpSampling3D.init(configuration:),
        "ZeroPadding1D": ZeroPadding1D.init(configuration:),
        "ZeroPadding2D": ZeroPadding2D.init(configuration:),
        "ZeroPadding3D": ZeroPadding3D.init(configuration:),
    ]

    /// The class names of all layers.
    public static var classNames: [String] { makers.keys.sorted() }

    /// Makes the layer that `entry` describes.
    ///
    /// - Parameters:
    ///   - entry: `{"class_name", "config"}` as Keras writes it.
    ///   - path: where it stands in the JSON, for messages.
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public static func layer(_ entry: JSONValue, path: String) throws -> Layer {
        let configuration = try LayerConfiguration(entry, path: path)
        if let model = try Network.model(
            className: configuration.className, config: entry["config"] ?? [:], path: configuration.path,
            name: entry["config"]?["name"]?.string)
        {
            return model
        }
        guard let make = makers[configuration.className] else {
            throw LayerError(
                .value,
                "\(path).class_name: there is no layer class '\(configuration.className)'; known are \(classNames.joined(separator: ", "))"
            )
        }
        let layer = try make(configuration)
        if let shape = try configuration.inputShape() { layer.declaredInputShape = shape }
        layer.declaredBatchSize = try configuration.batchShape().map { $0[0] }
        if let regularizer = try configuration.regularizer("activity_regularizer") {
            layer.activityRegularizer = regularizer
        }
        layer.followsKeras = true
        try configuration.finish()
        return layer
    }
}
