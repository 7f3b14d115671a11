"""Experiments as others write them, unchanged: only the yaml files beside them know this project."""

import pytest

pytest.register_assert_rewrite("tests.lab.ported.matrix", "tests.lab.ported.doors")
