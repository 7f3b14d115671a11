"""What a commit lacks of the code is kept: by real repositories, and git itself gives it back."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.lab.records import patch
from src.lab.records.patch import LIMIT, Difference, difference

from .repository import contents, git, given_back, put, repository

FILES = {
    "src/a.py": b"a\nb\nc\n",
    "src/dir/b.py": b"x = 1\r\ny = 2\r\n",
    "conf/c.yaml": b"z: 1",
    "pyproject.toml": b"[project]\n",
    "image.bin": bytes(range(256)),
}
PLACES = "src", "conf"
NAMES = st.sampled_from(["new.py", "dir/deep/er.py", "with space.py", 'quo"te.yaml', "größe.py", "-dash.py", "a\tb.py"])
CONTENTS = st.binary(max_size=60) | st.text("ab\n\r\t", max_size=40).map(str.encode)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path / "project", FILES)


@settings(max_examples=25)
@given(
    changed=st.dictionaries(st.sampled_from([*FILES]), st.none() | CONTENTS),
    new=st.dictionaries(st.tuples(st.sampled_from(PLACES), NAMES).map("/".join), CONTENTS),
    staged=st.booleans(),
    below=st.sampled_from(["", "sub/project"]),
)
def test_commit_and_patch_give_the_code_back_exactly(
    changed: dict[str, bytes | None], new: dict[str, bytes], staged: bool, below: str
) -> None:
    with TemporaryDirectory() as folder:
        whole = repository(Path(folder, "made"), {str(Path(below, name)): each for name, each in FILES.items()})
        project = whole / below
        put(project, changed | new)
        if staged:
            git(whole, "add", "--all")
        found = difference(project, PLACES)
        same = git(whole, "status", "--porcelain") == ""
        commit = git(whole, "rev-parse", "HEAD")[:12]
        assert found.revision == (commit if same else f"{commit}-dirty")
        assert bool(found.patch) != same and not found.left_out
        if found.patch:
            back = given_back(whole, found.patch, Path(folder, "back"))
            assert contents(back) == contents(whole)


def test_links_modes_and_empty_files_come_back_too(project: Path, tmp_path: Path) -> None:
    (project / "src" / "a.py").chmod(0o755)
    (project / "src" / "link.py").symlink_to("a.py")
    (project / "src" / "empty.py").touch()
    back = given_back(project, difference(project, PLACES).patch, tmp_path / "back")
    assert contents(back) == contents(project)
    assert contents(back)["src/a.py"][1]


def test_somebodys_settings_and_the_variables_of_a_hook_change_nothing(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(project, {"src/a.py": b"a\nB\nc\n", "src/new.py": b"new\n", "image.bin": b"\0\1"})
    plain = difference(project, PLACES)
    for key, value in {
        "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "diff.context": "0",
        "diff.external": "false", "diff.renames": "copies", "core.splitIndex": "true", "status.relativePaths": "false",
        "status.showUntrackedFiles": "no", "diff.relative": "true",
    }.items():  # fmt: skip
        git(project, "config", key, value)
    other = repository(tmp_path / "other", {"src/other.py": b""})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert difference(project, PLACES) == plain


def test_the_repository_is_not_touched_and_may_be_locked(project: Path) -> None:
    def state() -> dict[str, tuple[bytes, int]]:
        files = (path for path in (project / ".git").rglob("*") if path.is_file())
        return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    put(project, {"src/a.py": b"other", "src/new.py": b"new"})
    (project / ".git" / "index.lock").touch()
    before = state()
    found = difference(project, PLACES)
    assert b"src/new.py" in found.patch and b"+other" in found.patch
    assert state() == before


def test_a_merge_that_is_not_over_is_kept_as_it_lies(project: Path, tmp_path: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "side")
    put(project, {"src/a.py": b"side\n"})
    git(project, "commit", "--quiet", "--all", "--message", "side")
    git(project, "checkout", "--quiet", "-")
    put(project, {"src/a.py": b"main\n"})
    git(project, "commit", "--quiet", "--all", "--message", "main")
    with pytest.raises(Exception, match="merge"):
        git(project, "merge", "side")
    assert b"<<<<<<<" in (project / "src" / "a.py").read_bytes()
    back = given_back(project, difference(project, PLACES).patch, tmp_path / "back")
    assert contents(back) == contents(project)


def test_what_is_ignored_elsewhere_or_may_hold_a_secret_is_not_copied(project: Path) -> None:
    put(project, {".gitignore": b"*.log\n", ".env": b"KEY=1\n"})
    git(project, "add", "--all", "--force")
    git(project, "commit", "--quiet", "--message", "more")
    secret = b"hunter2"
    names = ".env", "src/x.log", "data/notes.txt", "src/.env.local", "conf/secrets.yaml", "src/id.pem"
    put(project, dict.fromkeys(names, secret) | {"src/secret_sharing.py": b"code"})
    found = difference(project, PLACES)
    assert secret not in found.patch and b"src/secret_sharing.py" in found.patch
    hidden = ".env", "conf/secrets.yaml", "src/.env.local", "src/id.pem"
    assert sorted(found.left_out) == [f"{name} (may hold a secret)" for name in hidden]
    assert found.patch.decode().count("may hold a secret") == 4, "the patch says it itself"


def test_of_what_is_too_large_the_code_comes_first_and_the_rest_is_said(project: Path, tmp_path: Path) -> None:
    noise = os.urandom(LIMIT // 2)
    large = {"src/large.bin": os.urandom(LIMIT + 1), "src/middle.bin": noise, "image.bin": noise[::-1]}
    put(project, {**large, "src/a.py": b"code\n", "src/new.py": b"new\n"})
    found = difference(project, PLACES)
    assert len(found.patch) < LIMIT + 1000
    kept = [name for name in ("src/a.py", "src/new.py", "src/middle.bin", "image.bin") if name.encode() in found.patch]
    assert found.left_out[0] == "src/large.bin (1.0 MB)"
    assert kept[:3] == ["src/a.py", "src/new.py", "src/middle.bin"]
    assert found.left_out[1].startswith("image.bin (0.") and found.left_out[1].endswith(" MB of differences)")
    back = given_back(project, found.patch, tmp_path / "back")
    differ = {name for name in contents(project) if contents(project)[name] != contents(back).get(name)}
    assert differ == {"src/large.bin", "image.bin"}


def test_a_repository_in_the_project_is_not_copied(project: Path) -> None:
    repository(project / "src" / "theirs", {"x.py": b""})
    found = difference(project, PLACES)
    assert found.left_out == ("src/theirs/ (a repository of its own)",)


@pytest.mark.parametrize("broken", ["none", "no commit", "no git", "damaged", "another user's", "slow"])
def test_where_git_says_nothing_nothing_fails(
    broken: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    put(project, {"src/a.py": b"other"})
    if broken == "none":
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
        (project / ".git").rename(tmp_path / "away")
    elif broken == "no commit":
        (project / ".git").rename(tmp_path / "away")
        git(project, "init", "--quiet")
    elif broken == "no git":
        monkeypatch.setenv("PATH", str(tmp_path))
    elif broken == "damaged":
        (project / ".git" / "index").write_bytes(b"nothing")
    elif broken == "another user's":
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    else:
        monkeypatch.setattr(patch, "SECONDS", 0.0)
    assert difference(project, PLACES) == Difference(None)
    assert broken == "no commit" or "no commit is recorded: " in caplog.text


def test_what_cannot_be_told_of_a_commit_that_is_known_is_said(project: Path) -> None:
    put(project, {"src/a.py": b"other"})
    blob = git(project, "rev-parse", "HEAD:src/a.py")
    (project / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = difference(project, PLACES)
    assert found.revision and found.revision.endswith("-dirty")
    assert found.left_out[0].startswith("everything (")
    assert b"Left out: everything" in found.patch
