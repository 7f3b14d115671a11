"""The folder that TensorBoard reads, while a sweep is at work."""

import shutil
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from src.lab.board.links import Links

from .runs import copied


def there(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_links_come_and_go_with_the_runs_and_nothing_of_theirs_is_touched(swept: Path, tmp_path: Path) -> None:
    outputs, place = copied(swept, tmp_path / "outputs"), tmp_path / "place"
    place.mkdir()
    runs = [path.parent for path in sorted(outputs.rglob("result.json"))]
    away = tmp_path / "away"
    away.mkdir()
    for run in runs[1:]:
        shutil.move(run, away)
    shutil.rmtree(outputs / "sweeps" / "mine" / "tensorboard_groups")
    links = Links(place, [outputs])
    assert there(place) == {"toy seed=0"} and links.swept == []
    for run in runs[1:]:
        shutil.move(away / run.name, run)
    links.update()
    assert there(place) == {f"toy lr={rate} seed={seed}" for rate in ("0.1", "0.3") for seed in (0, 1)}
    assert links.swept == ["optimizer.lr", "seed"]
    assert EventAccumulator(str(place / "toy lr=0.3 seed=1")).Reload().Tags()["scalars"]
    shutil.rmtree(runs[-1])
    links.update()
    links.update()
    assert len(there(place)) == 3
    shutil.rmtree(place)
    assert all((run / "tensorboard").is_dir() and list((run / "tensorboard").iterdir()) for run in runs[:-1])
