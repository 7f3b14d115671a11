"""Where a run was made: packages, processor, and the variables that figures may depend on. Imports no torch."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

# What numerics, threads and devices are told by, as the names of variables begin.
VARIABLES = (
    "OMP_", "MKL_", "KMP_", "OPENBLAS_", "BLIS_", "VECLIB_", "NUMEXPR_", "CUDA_", "CUBLAS_", "CUDNN_", "NCCL_", "HIP_",
    "ROCR_", "TORCH_", "ATEN_", "NVIDIA_TF32_", "PYTHONHASHSEED", "LD_PRELOAD",
)  # fmt: skip
SECRET = re.compile("KEY|TOKEN|SECRET|PASS", re.IGNORECASE)


def environment() -> dict[str, Any]:
    """The same for all runs of a process, but for the variables."""
    named = {name: value for name, value in sorted(os.environ.items()) if name.startswith(VARIABLES)}
    return {
        "python": platform.python_version(),
        "platform": _platform(),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "variables": {name: value for name, value in named.items() if not SECRET.search(name)},
        "packages": packages(),
    }


@cache
def packages() -> dict[str, str]:
    """The versions of all that are installed where Python looks, by the names of their folders: a hundred times as fast
    as from their metadata, which only what has no version in its name is asked for.
    """
    found: dict[str, str] = {}
    for place in sys.path:
        with suppress(OSError):
            for entry in sorted(Path(place or ".").iterdir()):
                if entry.suffix in (".dist-info", ".egg-info"):
                    name, _, version = entry.stem.partition("-")
                    if not version and entry.is_dir():
                        version = PathDistribution(entry).version or ""
                    found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version.partition("-py")[0])
    return dict(sorted(found.items()))


@cache
def cpu() -> str:
    """The model, as the system names it."""
    with suppress(OSError):
        if found := re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE):
            return " ".join(found[1].split())
    with suppress(OSError, subprocess.SubprocessError):
        asked = ["sysctl", "-n", "machdep.cpu.brand_string"]  # of macOS
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
    return platform.processor() or platform.machine()


@cache
def _platform() -> str:
    return platform.platform()
