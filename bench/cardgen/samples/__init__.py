"""The sample photos that ship with the project, and the command that draws them: `python -m bench.cardgen.samples`.

`story.json` says who uploads which photo, when and where; `cast.json` who is on the cards; `truth.jsonl` what is
printed on them. Every person, company, address and number is invented.
"""

from bench.cardgen.samples.draw import FOLDER, draw_samples, story

__all__ = ["FOLDER", "draw_samples", "story"]
