"""Told to stop: an epoch comes to its end first, unless it is told again, and nothing is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from src.lab import stop
from src.lab.stop import SIGNALS, Stopped, be_patient, listening, told
from tests.conftest import ROOT

NAMES = [each.name for each in SIGNALS]


def send(name: str) -> None:
    os.kill(os.getpid(), signal.Signals[name])
    time.sleep(0.01)  # in which Python comes to it


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_is_raised_with_the_status_that_a_shell_expects(name: str) -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    with pytest.raises(Stopped, match=rf"^by {name}$") as raised, listening():
        send(name)
    assert raised.value.status == 128 + signal.Signals[name]
    assert [signal.getsignal(each) for each in SIGNALS] == before
    assert not isinstance(raised.value, Exception | KeyboardInterrupt), "whoever catches those lets it through"


def told_twice(name: str) -> None:
    with listening():
        be_patient(True)
        assert told() is None
        send(name)
        assert told() == signal.Signals[name]
        send("SIGINT")
        pytest.fail("the second one is raised")


@pytest.mark.parametrize("name", NAMES)
def test_whoever_is_patient_is_told_once_and_stopped_at_the_second_signal(name: str) -> None:
    with pytest.raises(Stopped, match=rf"^by {name}$"):
        told_twice(name)
    assert told() is None


def patient() -> None:
    with listening():
        be_patient(True)
        send("SIGTERM")
        threading.Event().wait(20)
        pytest.fail("patience has no end")


def test_patience_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop, "PATIENCE", 0.05)
    with pytest.raises(Stopped, match=r"^by SIGTERM$"):
        patient()


def stopped() -> None:
    with listening():
        try:
            send("SIGTERM")
        finally:
            for name in NAMES:
                send(name)


def test_what_has_been_told_to_stop_is_not_told_again() -> None:
    """It writes down what it has come to."""
    with pytest.raises(Stopped, match=r"^by SIGTERM$"):
        stopped()


class Trap:
    """Is told to stop while it is taken apart, where Python lets nothing through."""

    def __del__(self) -> None:
        send("SIGINT")


def trapped() -> None:
    with listening():
        trap: list[Trap] = [Trap()]
        trap.clear()
        threading.Event().wait(20)
        pytest.fail("it was not raised again")


def test_what_gets_lost_on_its_way_is_raised_again(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Stopped, match=r"^by SIGINT$"):
        trapped()
    assert capfd.readouterr() == ("", "")


def caught() -> None:
    with listening():
        with suppress(BaseException):
            send("SIGTERM")
        assert told() == signal.SIGTERM, "who asks at the end of an epoch hears of it"
        send("SIGTERM")  # it may be writing down what it has come to
        time.sleep(0.1)
        send("SIGTERM")
        pytest.fail("it can't be stopped any more")


def test_what_somebody_has_caught_is_known_and_the_next_signal_is_raised_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stop, "PATIENCE", 0.05)
    with pytest.raises(Stopped, match=r"^by SIGTERM$"):
        caught()


def ended(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", NAMES)
def test_while_modules_are_imported_it_ends_at_once(name: str) -> None:
    done = ended(f"""
import os, signal
from src.lab.stop import ending, listening
try:
    with listening(), ending(lambda: print("undone", flush=True)):
        os.kill(os.getpid(), signal.{name})
        print("went on")
finally:
    print("was raised")
""")
    assert done.returncode == 128 + signal.Signals[name]
    assert (done.stdout, done.stderr) == ("undone\n", f"stopped by {name} before it began\n")


@pytest.mark.parametrize(("first", "quietly"), [("-m", True), ("-c", False)])
def test_a_command_that_is_stopped_while_it_starts_has_no_traceback(first: str, quietly: bool) -> None:
    """What imports the package from elsewhere, a notebook perhaps, keeps its own way."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it would be ignored
    done = ended(f"import os, sys; sys.argv = [{first!r}]; import src; os.kill(os.getpid(), 2)")
    signal.signal(signal.SIGINT, before)
    assert done.returncode == -signal.SIGINT
    assert ("KeyboardInterrupt" not in done.stderr) == quietly


def test_a_signal_that_was_ignored_from_the_start_still_is() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with listening():
            send("SIGHUP")
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_thread_leaves_the_signals_alone() -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    seen: list[Any] = []

    def work() -> None:
        with listening():
            be_patient(True)
            seen.extend(signal.getsignal(each) for each in SIGNALS)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == before


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, src.lab.stop, src.lab.resume.resume, src.lab.cli.streams; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
