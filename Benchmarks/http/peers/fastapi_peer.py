"""The peer: FastAPI with orjson in and out, ONNX Runtime inside, raw float32 as its binary form."""
import os

import numpy
import onnxruntime
import orjson
from fastapi import FastAPI, Request, Response

settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = settings.inter_op_num_threads = 1
folder = os.environ["MODELS"]
sessions = {
    name: onnxruntime.InferenceSession("%s/%s.onnx" % (folder, name), settings, providers=["CPUExecutionProvider"])
    for name in ("tiny", "mlp")
}
app = FastAPI()


@app.post("/models/{name}/call")
async def call(name: str, request: Request):
    body = await request.body()
    if request.headers.get("content-type") == "application/octet-stream":
        width = sessions[name].get_inputs()[0].shape[1]
        inputs = numpy.frombuffer(body, numpy.float32).reshape(-1, width)
        return Response(sessions[name].run(None, {"x": inputs})[0].tobytes(), media_type="application/octet-stream")
    inputs = numpy.array(orjson.loads(body)["inputs"], numpy.float32)
    outputs = sessions[name].run(None, {"x": inputs})[0]
    return Response(orjson.dumps({"outputs": outputs}, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")
