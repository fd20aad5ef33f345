"""The manual's Python works as it stands: every block of `python`, in their order, in one session."""

import pathlib
import re

import pytest

PAGE = pathlib.Path(__file__).parents[3] / "docs/src/python.md"
BLOCKS = re.compile(r"^```python(,ignore)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.skipif(not PAGE.is_file(), reason="the manual is not here")
def test_every_block_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = BLOCKS.findall(PAGE.read_text(encoding="utf-8"))
    assert sum(not ignored for ignored, _ in blocks) >= 4
    session = {}
    for ignored, code in blocks:
        compiled = compile(code.replace("...", "None"), PAGE.name, "exec")
        if not ignored:
            exec(compiled, session)
