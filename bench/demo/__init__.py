"""The main job, for a new user to watch: `make demo` tells a story of two reps on the real service, over HTTP.

`stage.py` starts the service and holds what every chapter needs; each chapter is a module of `chapters/` with a
`tell(stage)`, and `story.py` names them in their order.
"""
