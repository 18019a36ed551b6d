"""What sparse training has to keep in memory for the weights: it depends on how it is
done.

    dense       value, gradient, momentum of all N weights
    masked      the same, and a mask: how every experiment of this course is done
    sparse      value, index, gradient, momentum of d N connections: what SET, DEEP R and DSR need
    rigl        sparse, and at the moment of growing one dense gradient

Activations come on top; they are dense in all four.
"""

METHODS = ("dense", "masked", "sparse", "rigl")


def training_memory(weights: int, density: float, method: str) -> dict[str, float]:
    """Bytes by what they are for, at the peak: float32 values and 32-bit indices,
    one byte for an entry of a mask, SGD with momentum. ValueError for another
    method or a density outside [0, 1].
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; known are {', '.join(METHODS)}")
    if not 0 <= density <= 1:
        raise ValueError(f"density is the fraction that is not zero, from 0 to 1; got {density}")
    kept = weights * density if method in ("sparse", "rigl") else weights
    parts = {"values": 4 * kept, "gradient": 4 * kept, "momentum": 4 * kept}
    if method == "masked":
        parts["mask"] = weights
    elif method != "dense":
        parts["indices"] = 4 * kept
    if method == "rigl":
        parts["dense gradient"] = 4 * weights
    return parts
