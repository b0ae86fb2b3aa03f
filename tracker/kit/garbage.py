"""How often Python looks for garbage that reference counting has left: by default, a third of the time of a wide page."""

import gc


def collect_seldom() -> None:
    """For a process that serves, once it has loaded everything: what lives as long as it does is looked at no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
