"""What tests need beside Python: a browser and independent readers of audio. `python -m tests.system_packages`.

As root on Debian they are installed. Elsewhere Playwright fetches a Chromium of its own, and further missing packages
are named with their purpose, and the session stops.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = {
    # command: (Debian's package, what it is for)
    "chromium-headless-shell": ("chromium-headless-shell", "tests of the player in a real browser"),
    "ffprobe": ("ffmpeg", "an independent reader of the audio that is made"),
    "opusinfo": ("opus-tools", "a second one, which is strict about Ogg Opus"),
}
WELCOME = {
    "firefox-esr": ("firefox-esr", "the same in a second browser, where it can be had"),
    "WebKitWebDriver": ("webkit2gtk-driver", "the same in Safari's engine"),
    "Xvfb": ("xvfb", "a screen for it"),
    "pulseaudio": ("pulseaudio", "what they play, recorded"),
    "parec": ("pulseaudio-utils", "its recorder"),
}
ALONG = ("gstreamer1.0-plugins-bad", "gstreamer1.0-plugins-good", "gstreamer1.0-pulseaudio")
"""Packages without a command, installed with the others."""


def main() -> int:
    if is_root_on_debian():
        if wanted := absent({**NEEDED, **WELCOME}):
            install(sorted({*ALONG, *(package for package, _ in wanted.values())}))
        return 0
    missing = absent(NEEDED)
    if missing.pop("chromium-headless-shell", None) and not playwright_has_chromium():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    if not missing:
        return 0
    print("The tests need more than Python here, and only root on Debian can install it:", file=sys.stderr)
    for command, (package, purpose) in missing.items():
        print(f"  {command}: {purpose} (Debian: apt-get install {package})", file=sys.stderr)
    return 1


def absent(commands: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {command: entry for command, entry in commands.items() if shutil.which(command) is None}


def is_root_on_debian() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    # Ubuntu's package of Chromium is a stub that wants snapd
    return platform.freedesktop_os_release().get("ID") == "debian"


def install(packages: list[str]) -> None:
    print(f"Installing Debian packages: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True, env=environment
    )


def playwright_has_chromium() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


if __name__ == "__main__":
    sys.exit(main())
