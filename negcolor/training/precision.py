"""Which number format and compiler suit this machine."""

from __future__ import annotations

from pathlib import Path


def processor_has_bfloat16() -> bool:
    """Whether the GPU, or the CPU where there is none, multiplies bfloat16 in hardware."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return details.get("compute_capability", (0, 0))[0] >= 8
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def resolve_precision(precision: str) -> str:
    """ "auto" to "bfloat16" or "float32", whichever this machine is fast at; others unchanged."""
    if precision == "auto":
        return "bfloat16" if processor_has_bfloat16() else "float32"
    return precision


def resolve_jit(jit: str) -> str:
    """ "auto" to "on" for a GPU, else "off": XLA on the CPU is slower on strided convolutions."""
    if jit == "auto":
        import tensorflow as tf

        return "on" if tf.config.list_physical_devices("GPU") else "off"
    return jit
