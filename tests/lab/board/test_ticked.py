"""A real browser on more runs than TensorBoard itself would tick."""

from pathlib import Path
from typing import Any

import pytest

from tests.lab.dashboard.test_browser import BROWSER, DRIVER, browser, shown, wait_for  # noqa: F401

from .runs import copied

COPIES = 11
# The names beside the boxes that are ticked, also in components of their own.
TICKED = """
const names = [];
const walk = node => {
  if (node.nodeType === 1 && node.tagName === 'PAPER-CHECKBOX' && node.hasAttribute('checked')) names.push(node.name);
  if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
  node.childNodes.forEach(walk);
};
walk(document.body);
return names;
"""

pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # selenium's own pipes
]


@pytest.mark.long
def test_more_than_forty_runs_are_named_and_ticked_in_every_tab(
    browser: Any,  # noqa: F811
    swept: Path,
    tmp_path: Path,
) -> None:
    for i in range(COPIES):
        copied(swept / "sweeps" / "mine", tmp_path / "outputs" / f"sweep{i}")
    expected = {
        f"toy lr={rate} {which} (sweep{i})"
        for rate in ("0.1", "0.3")
        for which in ("seed=0", "seed=1", "(mean over seeds)")
        for i in range(COPIES)
    }
    assert len(expected) == 66
    with shown(tmp_path, "outputs") as url:
        for tab in "scalars", "custom_scalars", "text":
            browser.get("about:blank")
            browser.get(f"{url}#{tab}")
            wait_for(lambda: expected <= set(browser.execute_script(TICKED)), f"{len(expected)} ticks at {tab}")
