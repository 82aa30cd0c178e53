"""What xlwings Server serves as custom scripts: the buttons."""

from __future__ import annotations

from icbudget.excel.button_scripts import SCRIPTS

globals().update(SCRIPTS)
