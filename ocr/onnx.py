"""Opens networks in the ONNX format: on one thread, without a word, and without telling anybody.

From 1.29 on onnxruntime reports each process that uses it to its maker, over HTTPS, unless the environment says
otherwise before it is loaded (its `Privacy.md`). Nothing leaves the machine here: it is loaded in this module alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime

NO_TELEMETRY = {"ORT_DISABLE_TELEMETRY": "1"}
"""What the environment has to say before onnxruntime is loaded."""
PROVIDERS = ["CPUExecutionProvider"]
SILENT = 4
"""Fatal errors alone are logged."""


def open_network(network: bytes | str, *, keeps_memory: bool = True) -> onnxruntime.InferenceSession:
    """A network by its file's content or path; may be shared by threads.

    One that `keeps_memory` holds what its largest picture took, or else asks for it each time anew. Patterns, which
    onnxruntime would plan for every size of picture, take memory and save none.
    """
    os.environ.update(NO_TELEMETRY)
    import onnxruntime  # noqa: PLC0415  20 MB that a process which reads no photo does without

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = SILENT
    options.enable_cpu_mem_arena = keeps_memory
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(network, options, providers=PROVIDERS)
