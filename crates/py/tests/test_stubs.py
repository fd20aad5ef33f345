"""The stubs say what the native half is."""

import subprocess
import sys

import pytest


def test_stubs_fit():
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy.stubtest", "thinkmeter._native", "--concise"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
