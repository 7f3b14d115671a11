"""Whatever stands in a label, LaTeX sets it as it is, or writes its code: as a real TeX does."""

import random
import shutil
import string
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.lab.report.paper.escape import escaped

TEX, READER = shutil.which("pdflatex"), shutil.which("pdftotext")
needs_tex = pytest.mark.skipif(not TEX, reason="needs a TeX: apt-get install texlive-latex-recommended")
READ = str.maketrans("’‘ˆ˜", "'`^~", " _")  # quotes as fonts have them; where fonts have no _, a line is drawn


def compiled(body: str, folder: Path) -> Path:
    """The PDF of a document that has no more than booktabs."""
    document = ["\\documentclass{article}", "\\usepackage{booktabs}", "\\begin{document}", body, "\\end{document}", ""]
    (folder / "paper.tex").write_text("\n".join(document))
    call = [str(TEX), "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, errors="replace", timeout=100)
    assert done.returncode == 0, done.stdout[-1500:]
    return folder / "paper.pdf"


@given(text=st.text())
def test_it_is_ascii_in_one_line_whatever_is_escaped(text: str) -> None:
    assert escaped(text).isascii() and escaped(text).isprintable()


@needs_tex
def test_tex_takes_every_kind_of_sign(tmp_path: Path) -> None:
    """Those of all the planes that have a name, beside each other and within a table in bold."""
    chance = random.Random(0)
    signs = [chr(code) for code in range(0x3100) if unicodedata.name(chr(code), "")]
    signs += [chr(chance.randrange(0x110000)) for _ in range(500)]
    labels = ["".join(signs[i : i + 9]) for i in range(0, len(signs), 9)]
    labels += ["".join(chance.choices(string.printable, k=12)) for _ in range(500)]
    rows = "\n".join(rf"{escaped(label)} & \textbf{{{escaped(label)}}} \\" for label in labels[:40])
    body = "\n\n".join(map(escaped, labels))
    compiled(rf"\begin{{tabular}}{{ll}}{rows}\end{{tabular}}" + "\n\n" + body, tmp_path)


@needs_tex
@pytest.mark.skipif(not READER, reason="needs pdftotext: apt-get install poppler-utils")
def test_what_is_read_in_the_end_is_what_was_written(tmp_path: Path) -> None:
    plain = [
        string.punctuation,
        "a--b ''c'' ,,d,, <<e>> ?`f",
        r"\input{x} $y$ %z #1 {",
        "[2,25] *",
        "x^2~3&4",
        "\\\\[3]",
    ]
    others = ["±≤≥×–→", "λ=0.1", "Größe", "漢\n"]
    lines = [rf"\texttt{{{escaped(label)}}}" for label in plain] + [*map(escaped, others)]
    pdf = compiled("\n\n".join(rf"\noindent {line}" for line in lines), tmp_path)
    text = subprocess.run([str(READER), pdf, "-"], capture_output=True, text=True, check=True).stdout.translate(READ)
    read = [unicodedata.normalize("NFC", line) for line in text.splitlines() if line]
    assert read[: len(plain)] == [label.translate(READ) for label in plain]
    assert read[len(plain) :][:4] == ["±≤≥×–→", "λ=0.1", "Größe", r"\u6f22\n"]
