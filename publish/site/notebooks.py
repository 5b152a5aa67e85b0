"""The notebooks as pages: their text and code, and what came out where they were run on the release at hand.

`python -m publish.site.notebooks` writes the text and code of notebooks/ beside the site; with `--check` it only says
whether that was forgotten. `python -m publish.site.notebooks --run data` runs them on data/public.db and keeps what
came out under data/notebooks/<release>/, where the site finds it. Both need the extra `dev`; the site itself does not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from html import escape
from pathlib import Path
from typing import Any

from db.connect import open_read_only
from publish.release import read_release

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
WRITTEN = Path(__file__).with_name("notebooks")

Cell = Mapping[str, Any]


def read_titles() -> dict[str, str]:
    """What each notebook asks, by its name."""
    found = {}
    for path in sorted(WRITTEN.glob("*.html")):
        heading = re.search(r"<h1>(.*?)</h1>", path.read_text(encoding="utf-8"))
        found[path.stem] = heading[1] if heading else path.stem
    return found


def read_notebook(name: str, release: str | None) -> tuple[str, bool] | None:
    """A notebook as markup, and whether it holds what came out on the release; None where there is none of the name."""
    if name not in {path.stem for path in WRITTEN.glob("*.html")}:
        return None
    data = os.environ.get("PANTAU_DATA")
    ran = Path(data) / "notebooks" / (release or "none") / f"{name}.html" if data else None
    if ran and ran.is_file():
        return ran.read_text(encoding="utf-8"), True
    return (WRITTEN / f"{name}.html").read_text(encoding="utf-8"), False


def render_notebook(notebook: Mapping[str, Any]) -> str:
    """A notebook as markup without script: Markdown (tags in it escaped), code folded, outputs as pictures and text."""
    return "\n".join(part for cell in notebook["cells"] for part in _cell(cell)) + "\n"


def _cell(cell: Cell) -> list[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return [_markdown(source)]
    if not source.strip():
        return []
    code = f"<details><summary>Python</summary><pre><code>{escape(source)}</code></pre></details>"
    return [code, *(part for output in cell.get("outputs", ()) for part in _output(output))]


def _output(output: Mapping[str, Any]) -> list[str]:
    data = output.get("data", {})
    if "text/markdown" in data:
        return [_markdown("".join(data["text/markdown"]))]
    if "image/png" in data:
        picture = "".join(data["image/png"]).replace("\n", "")
        # What a figure shows is said in the sentences around it.
        return [f'<p><img src="data:image/png;base64,{picture}" alt=""></p>']
    if "text/plain" in data:
        return [f'<pre tabindex="0">{escape("".join(data["text/plain"]))}</pre>']
    return []


def _markdown(text: str) -> str:
    import mistune

    html = mistune.create_markdown(escape=True, plugins=["table"])(text)
    return str(html).strip()


def write_notebooks(check: bool = False) -> list[Path]:
    """Write the markup of all notebooks; the files that were behind. With `check` nothing is written."""
    behind = []
    for path in sorted(FOLDER.glob("*.ipynb")):
        written = WRITTEN / f"{path.stem}.html"
        text = render_notebook(json.loads(path.read_text(encoding="utf-8")))
        if not written.is_file() or written.read_text(encoding="utf-8") != text:
            behind.append(written)
            if not check:
                written.write_text(text, encoding="utf-8")
    return behind


def run_notebooks(data: Path) -> Path:
    """Run all notebooks on the public.db of a folder; where what came out is kept.

    Raises subprocess.CalledProcessError where one fails.
    """
    public = data.resolve() / "public.db"
    with closing(open_read_only(public)) as db:
        folder = data.resolve() / "notebooks" / read_release(db).id
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(FOLDER.glob("*.ipynb")):
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--stdout", str(path)]
        environment = {**os.environ, "PANTAU_PUBLIC_DB": str(public)}
        ran = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
        (folder / f"{path.stem}.html").write_text(render_notebook(json.loads(ran)), encoding="utf-8")
    return folder


if __name__ == "__main__":
    if "--run" in sys.argv:
        run_notebooks(Path(sys.argv[sys.argv.index("--run") + 1]))
    elif (behind := write_notebooks("--check" in sys.argv)) and "--check" in sys.argv:
        sys.exit(f"{behind[0]} is behind its notebook; run: python -m publish.site.notebooks")
