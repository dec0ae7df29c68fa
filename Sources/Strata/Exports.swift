// What a user of the library needs to write a network and to serve it: `import Strata` is enough.
@_exported public import Checkpoints
@_exported public import Layers
@_exported public import Operators
@_exported public import Service
@_exported public import TensorCore
@_exported public import Training
