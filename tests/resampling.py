"""Sound at another rate, by scipy's polyphase filter, which takes seconds to load: only who resamples waits for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def resampled(samples: Any, up: int, down: int) -> NDArray[np.float64]:
    """Resample one channel to `up / down` times its rate."""
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(samples, up, down), np.float64)
