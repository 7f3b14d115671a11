"""What runs were told, and what of it was not told all alike."""

import json
from pathlib import Path

from src.lab.board.found import below
from src.lab.board.told import swept as not_alike
from src.lab.board.told import told
from tests.lab.running import run

from .runs import copied


def what_was_swept(folder: Path) -> list[str]:
    return not_alike(told(below([folder]).events).values())


def test_a_run_at_work_says_what_its_result_will(swept: Path, tmp_path: Path) -> None:
    at_work = copied(swept, tmp_path / "outputs")
    done = {path.parent.name: json.loads(path.read_text()) for path in at_work.rglob("result.json")}
    for path in at_work.rglob("result.json"):
        path.unlink()
    found = {folder.name: result for folder, result in told(below([at_work]).events).items()}
    assert len(found) == 4
    for name, result in found.items():
        assert result == {key: done[name][key] for key in result}


def test_what_was_swept_is_the_model_first_and_the_seed_last(swept: Path, tmp_path: Path) -> None:
    copied(swept, tmp_path / "outputs")
    assert what_was_swept(swept) == ["optimizer.lr", "seed"]
    for path in tmp_path.rglob("result.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"fold": int(path.parent.name[8])}))
    assert what_was_swept(tmp_path) == ["optimizer.lr", "data.fold", "seed"]
    run(tmp_path / "outputs" / "wide", "model=toy_wide", "+trainer.gradient_clip_val=1")
    found = what_was_swept(tmp_path)
    assert (found[0], found[-1]) == ("model", "seed")
    assert {"optimizer.lr", "epochs", "trainer.gradient_clip_val"} <= set(found)
