import Layers
import Testing

struct SnakeCaseTests {
    @Test(arguments: [
        ("TwoLayerNetwork", "two_layer_network"), ("LSTMCellNet", "lstm_cell_net"),
        ("HTTPServer2Net", "http_server2_net"), ("ResNet50V2", "res_net50v2"), ("GRU4Rec", "gru4_rec"),
        ("PReLUBlock", "p_re_lu_block"), ("MLP", "mlp"), ("_Private", "private__private"), ("Conv2D", "conv2d"),
        ("BatchNormalization", "batch_normalization"), ("Conv2DTranspose", "conv2d_transpose"), ("Dense", "dense"),
    ])
    func n06_classNamesBecomeTheReferencesNames(className: String, name: String) {
        #expect(snakeCase(className) == name)
    }
}
