"""One process of the site as `pantau serve` starts it: what it has to say, it says as the words do."""

from __future__ import annotations

from pantau.logs import set_up_logs
from publish.serving.worker import main

if __name__ == "__main__":
    set_up_logs()
    main()
