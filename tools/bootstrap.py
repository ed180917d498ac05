"""Make `.venv` from the lock file, on a machine that has Python 3.11 and nothing else: `python3 tools/bootstrap.py`.

Needs neither pip nor venv's ensurepip (Debian splits both off): uv is one binary in a wheel, fetched from PyPI by the
standard library and checked against the digest below. An environment that fits the lock file is left alone, so nothing
here needs a network twice.
"""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

UV = "0.13.9"
WHEELS = {
    ("Linux", "x86_64"): (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("Linux", "aarch64"): (
        "manylinux_2_28_aarch64",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("Darwin", "arm64"): (
        "macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
    ("Darwin", "x86_64"): (
        "macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
}
"""For each system the wheel's platform tag and the SHA-256 of the file."""
ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
STAMP = ROOT / ".venv" / "locked"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"Cardally needs Python 3.11 or newer; this is {platform.python_version()}. Try: make PYTHON=python3.12"
        )
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "uv.lock"))).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted and (ROOT / ".venv/bin/cardally").exists():
        return
    uv = find_uv()
    env = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    if not os.access(Path.home(), os.W_OK):
        env.setdefault("UV_CACHE_DIR", str(TOOLS / "cache"))
    print("Making .venv from uv.lock (once; about 250 MB) …", flush=True)
    command = [str(uv), "sync", "--locked", "--quiet", "--project", str(ROOT), "--python", sys.executable]
    if subprocess.run(command, env=env, check=False).returncode:
        sys.exit("The environment could not be made: see above. Is PyPI within reach? Then try `make setup` again.")
    STAMP.write_text(wanted)


def find_uv() -> Path:
    for found in (TOOLS / "uv", shutil.which("uv")):
        if found and has_version(Path(found)):
            return Path(found)
    return fetch_uv()


def has_version(uv: Path) -> bool:
    if not uv.exists():
        return False
    said = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return len(said) > 1 and said[1] == UV


def fetch_uv() -> Path:
    pinned = WHEELS.get((platform.system(), platform.machine()))
    if pinned is None:
        sys.exit(f"No uv is pinned for this machine; install uv {UV} by hand, then try again.")
    tag, digest = pinned
    name = f"uv-{UV}-py3-none-{tag}.whl"
    print(f"Fetching uv {UV} …", flush=True)
    try:
        wheel = fetch(find_url(name))
    except (urllib.error.URLError, TimeoutError) as wrong:
        sys.exit(f"PyPI cannot be reached ({wrong}). Connect to a network, or put uv {UV} on the PATH, then try again.")
    if hashlib.sha256(wheel).hexdigest() != digest:
        sys.exit(f"{name} is not what it was when this was written; refusing to use it.")
    TOOLS.mkdir(exist_ok=True)
    target = TOOLS / "uv"
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        target.write_bytes(archive.read(f"uv-{UV}.data/scripts/uv"))
    target.chmod(0o755)
    return target


def find_url(name: str) -> str:
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    index = json.loads(fetch(urllib.request.Request("https://pypi.org/simple/uv/", headers=accept)))
    return next(entry["url"] for entry in index["files"] if entry["filename"] == name)


def fetch(what: str | urllib.request.Request) -> bytes:
    with urllib.request.urlopen(what, timeout=60) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
