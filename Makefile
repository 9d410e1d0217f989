PY := .venv/bin/python
.PHONY: lock
lock:  ## write the hashed lock files (no index address is recorded)
	.venv/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/dev.txt
	.venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -q -c requirements/dev.txt -o requirements/base.txt
