"""Speed, as ratios within one run: these numbers mean the same on a fast machine and a slow one."""
