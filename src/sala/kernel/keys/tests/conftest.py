"""Keys of each test live in its own folder, or in a SoftHSM token of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SOFTHSM = next(
    (
        path
        for path in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
        if Path(path).exists()
    ),
    "",
)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    settings.KEY_STORE = "file"
    settings.KEYS_PASSPHRASE = ""
    return tmp_path / "keys"


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a token; SoftHSM reads its settings once in a process, so all tests share it."""
    if not SOFTHSM or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed: apt-get install softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "sala", "--pin", "1234", "--so-pin", "5678"],
        check=True,
        capture_output=True,
    )
    return SOFTHSM


@pytest.fixture(params=["file", "pkcs11"])
def any_store(request: pytest.FixtureRequest, settings: Any) -> str:
    """Run the test with each store."""
    if request.param == "pkcs11":
        settings.PKCS11_MODULE = request.getfixturevalue("softhsm")
        settings.PKCS11_TOKEN = "sala"
        settings.PKCS11_PIN = "1234"
    settings.KEY_STORE = request.param
    return str(request.param)
