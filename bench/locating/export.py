"""Weights to the model file that the product reads.

    python -m bench.locating.export RUN/weights.pt ocr/models/cards.onnx

Needs torch and onnx. Weights are stored in 16 bits and widened when the file is loaded; the sums stay in 32.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from bench.locating.network import CardNet


class Shown(nn.Module):
    """The network as it is used: bytes in, chances out, and the inside once more at the scale of the corners."""

    def __init__(self, network: CardNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        seen, corners = self.network(picture.permute(0, 3, 1, 2).float() / 255)
        chances = torch.sigmoid(seen)
        return chances, functional.avg_pool2d(chances[:, :1], 2), corners


def export(weights: Path, out: Path) -> None:
    """Write the model file."""
    network = CardNet()
    network.load_state_dict(torch.load(weights, weights_only=True))
    stream = BytesIO()
    torch.onnx.export(
        Shown(network).eval(),
        (torch.zeros(1, 256, 320, 3, dtype=torch.uint8),),
        stream,  # type: ignore[arg-type]  # files and streams alike
        dynamo=False,
        opset_version=17,
        input_names=["picture"],
        output_names=["chances", "inside", "corners"],
        dynamic_axes={"picture": {1: "h", 2: "w"}},
    )
    model = onnx.load_from_string(stream.getvalue())
    _halve(model.graph)
    model.doc_string = "Sees business cards. Trained on drawn scenes by bench/locating of Cardally. Apache-2.0."
    onnx.checker.check_model(model)
    out.write_bytes(model.SerializeToString())


def _halve(graph: onnx.GraphProto) -> None:
    """Store every large float tensor in 16 bits, with a cast back where it is used."""
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < 64:
            continue
        narrow = numpy_helper.from_array(values.astype(np.float16), tensor.name + "_16")
        graph.initializer.remove(tensor)
        graph.initializer.append(narrow)
        cast = helper.make_node("Cast", [narrow.name], [tensor.name], to=TensorProto.FLOAT)
        graph.node.insert(0, cast)


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    export(options.weights, options.out)


if __name__ == "__main__":
    main()
