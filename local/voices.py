"""`nox -s voices`: fetch the voices outside of packages, or list those here.

nox -s voices                           what there is, with its licence, and what of it is here
nox -s voices -- download [LANGUAGE …]  fetches what is missing, of all languages or of some
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from common.contract import LANGUAGES
from common.errors import AethercastError
from common.settings import Settings
from functions.model_serving.tts.engines import piper
from functions.model_serving.tts.engines.piper.catalogue import Catalogue
from functions.model_serving.tts.weights import Weights, folder_of

CONSOLE = Console(stderr=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("list", "download"), default="list")
    parser.add_argument("language", nargs="*", help=f"of {', '.join(LANGUAGES)}; all unless given")
    options = parser.parse_args(arguments)
    if unknown := set(options.language) - set(LANGUAGES):
        parser.error(f"there are no podcasts in {', '.join(sorted(unknown))}")
    settings = Settings.of_engine("speech", "piper")
    catalogue = piper.catalogue_of(settings)
    weights = piper.weights_of(settings, catalogue)
    wanted = options.language or [*LANGUAGES]
    if options.what == "list":
        CONSOLE.print(_listed(catalogue, weights, wanted))
        CONSOLE.print(f"They are kept in {folder_of(settings)}.")
        return 0
    try:
        return _download(catalogue, weights, wanted)
    except AethercastError as error:
        CONSOLE.print(error.detail, style="red")
        return 1


def _listed(catalogue: Catalogue, weights: Weights, wanted: list[str]) -> Table:
    table = Table("language", "voice", "MB", "licence of its recordings", "here")
    for language in wanted:
        models = catalogue.models_of(language)
        if not models:
            table.add_row(language, "none that is free to use for sure: espeak-ng's", "", "", "")
        for model in models:
            size = sum(file.size for file in model.files)
            here = all(weights.present(file) for file in model.files)
            table.add_row(language, model.name, f"{size / 1e6:.0f}", model.licence, "yes" if here else "no")
    return table


def _download(catalogue: Catalogue, weights: Weights, wanted: list[str]) -> int:
    models = dict.fromkeys(model for language in wanted for model in catalogue.models_of(language))
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=CONSOLE) as progress:
        for model in models:
            for file in model.files:
                bar = progress.add_task(file.name, total=file.size)
                weights.path(file, lambda done, _, bar=bar: progress.update(bar, completed=done))  # type: ignore[misc]
                progress.update(bar, completed=file.size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
