"""`serve`: the site in a browser, built again after every save.

Words: the *builder* builds in a thread of its own, one build after the other (`builder.py`); the *files* that authors
save are watched in another (`saves.py`); the *news* of both go to the browsers as events (`news.py`, `app.py`).  What
runs in the browser stands in `gradpress/data/serving/`.
"""
