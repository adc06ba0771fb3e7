"""`make bench`: every figure we promise, one after the other."""

from __future__ import annotations

from bench import house, lanes, replies

if __name__ == "__main__":
    for name, main in (("house", house.main), ("replies", replies.main), ("lanes", lanes.main)):
        print(f"== {name}")
        main()
