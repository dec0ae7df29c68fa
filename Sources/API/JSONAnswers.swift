import Formats
import HTTP
import Service
import TensorCore

extension HTTPResponse {
    /// A JSON answer.
    ///
    /// - Parameter capacity: about how many bytes it will have.
    static func json(
        _ status: HTTPStatus = .ok, reserving capacity: Int = 256, _ write: (inout JSONWriter) -> Void
    ) -> HTTPResponse {
        var writer = JSONWriter(reservingCapacity: capacity)
        write(&writer)
        return HTTPResponse(status, type: "application/json", HTTPBody(writer.bytes))
    }
}

extension JSONWriter {
    /// A shape with null where the extent is unknown.
    mutating func shape(_ shape: Shape) {
        array { writer in
            for extent in shape.extents { if extent < 0 { writer.null() } else { writer.integer(extent) } }
        }
    }

    mutating func model(_ model: ModelDescription) {
        object { writer in
            writer.member("name", model.name)
            writer.member("class_name", model.className)
            writer.member("built", model.isBuilt)
            writer.member("step", model.step)
            writer.member("version", model.version)
            writer.member("parameters", model.parameters)
            writer.member("trainable_parameters", model.trainableParameters)
            writer.key("inputs")
            writer.ports(model.inputs)
            writer.key("outputs")
            writer.ports(model.outputs)
            writer.key("config")
            writer.value(model.config)
            for (key, value) in model.settings.members {
                writer.key(key)
                writer.value(value)
            }
            writer.member("created_at", model.createdAt)
            if let error = model.error { writer.member("error", error) }
        }
    }

    private mutating func ports(_ ports: [ModelDescription.Port]) {
        array { writer in
            for port in ports {
                writer.object { writer in
                    writer.member("name", port.name)
                    writer.key("shape")
                    writer.shape(port.spec.shape)
                    writer.member("dtype", port.spec.dtype.name)
                }
            }
        }
    }

    /// Tensors for inputs or outputs as a client gave or wants them: by name, alone, or in a list.
    mutating func tensors(_ tensors: [Tensor], names: [String], byName: Bool) {
        if byName {
            object { writer in
                for (name, tensor) in zip(names, tensors) {
                    writer.key(name)
                    writer.tensor(tensor)
                }
            }
        } else if tensors.count == 1 {
            tensor(tensors[0])
        } else {
            array { writer in for tensor in tensors { writer.tensor(tensor) } }
        }
    }

    mutating func variable(_ variable: VariableDescription) {
        object { writer in
            writer.member("name", variable.name)
            writer.key("shape")
            writer.shape(variable.spec.shape)
            writer.member("dtype", variable.spec.dtype.name)
            writer.member("trainable", variable.isTrainable)
            if let value = variable.value {
                writer.key("value")
                writer.tensor(value)
            }
        }
    }

    mutating func layer(_ layer: LayerDescription) {
        object { writer in
            writer.member("name", layer.name)
            writer.member("class_name", layer.className)
            writer.member("index", layer.index)
            writer.member("built", layer.isBuilt)
            writer.member("trainable", layer.isTrainable)
            writer.member("parameters", layer.parameters)
            writer.key("input_shape")
            if let shape = layer.inputShape { writer.shape(shape) } else { writer.null() }
            writer.key("output_shape")
            if let shape = layer.outputShape { writer.shape(shape) } else { writer.null() }
            writer.key("variables")
            writer.array { writer in for name in layer.variables { writer.string(name) } }
            writer.key("layers")
            writer.array { writer in for child in layer.layers { writer.layer(child) } }
        }
    }

    mutating func checkpoint(_ checkpoint: CheckpointDescription) {
        object { writer in
            writer.member("id", checkpoint.id)
            writer.key("step")
            if let step = checkpoint.step { writer.integer(step) } else { writer.null() }
            writer.member("bytes", checkpoint.byteCount)
            writer.member("variables", checkpoint.variables)
            writer.member("created_at", checkpoint.createdAt)
        }
    }
}
