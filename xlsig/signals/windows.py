"""Trailing windows: z-scores and percentile ranks of a value against the values before it.

The current value is never in its own z-score reference, and nothing looks ahead. Missing values (NaN) are bridged: a window is
the last so many *known* values. The `_history` functions take a series or a panel (dates x series, one column each).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from xlsig.errors import DIV0, NA, SignalError
from xlsig.signals.series import BoolArray, FloatArray, IntArray, known

Method = Literal["mean", "robust"]
Convention = Literal["weak", "strict", "mean"]

MAD_TO_SIGMA = 1.4826
"""A normal distribution's standard deviation in median absolute deviations."""

_ONES = np.ones(1 << 12)
_CHUNK = 1 << 18  # elements of a temporary: small enough to stay in the cache


def zscore_of(value: float, reference: FloatArray, method: Method = "mean", noise: float = 0.0) -> float:
    """(value − mean) / sample standard deviation of the reference; "robust" takes median and 1.4826·MAD.

    A reference whose values differ by no more than `noise` (the rounding error of computed values) counts as all equal: #DIV/0!.

    >>> zscore_of(5.0, np.array([1.0, 2.0, 3.0]))
    3.0
    """
    if method == "mean" and (quick := _ordinary_zscore(value, reference, noise)) is not None:
        return quick
    low, high = float(reference.min()), float(reference.max())
    if high - low <= noise:
        raise SignalError(DIV0, f"all {reference.size} values of the reference are equal, so there is no deviation")
    scale = safe_scale(max(abs(low), abs(high)))
    reference, value = reference * scale, value * scale
    if method == "robust":
        centre = float(np.median(reference))
        deviation = MAD_TO_SIGMA * float(np.median(np.abs(reference - centre)))
        if deviation <= noise * scale:
            raise SignalError(DIV0, "more than half the values of the reference are equal, so its MAD is zero")
    else:
        reference, value = reference - reference[0], value - float(reference[0])  # exact where values differ by little
        centre = float(reference.sum()) / reference.size
        apart = reference - centre
        deviation = float(np.sqrt(apart.dot(apart) / (reference.size - 1)))
    return (value - centre) / deviation


def _ordinary_zscore(value: float, reference: FloatArray, noise: float) -> float | None:
    """The same by mean, from two dot products, where that loses little; None elsewhere.

    Little is lost if all is known, sizes are ordinary, and the deviation is no small part of them.
    """
    size = reference.size
    squares = float(reference.dot(reference))
    if size > _ONES.size or not 1e-200 < squares < 1e200:
        return None
    mean = float(reference.dot(_ONES[:size])) / size
    around = squares - size * mean * mean
    if around <= 0.01 * squares or around <= 2 * size * noise * noise:
        return None
    return (value - mean) / math.sqrt(around / (size - 1))


def last_zscore(values: FloatArray, window: int, method: Method = "mean") -> float:
    """z-score of the last value against the `window` known values before it.

    >>> last_zscore(np.array([1.0, 2.0, np.nan, 3.0, 5.0]), 3)
    3.0
    """
    reference = values[-window - 1 : -1]
    if reference.size < window or math.isnan(reference.dot(reference)):
        past = values[:-1]
        present = past[known(past)]
        if present.size < window:
            raise SignalError(NA, f"the window needs {window} earlier values and there are {present.size}")
        reference = present[-window:]
    return zscore_of(float(values[-1]), reference, method)


def last_percentile(values: FloatArray, window: int, convention: Convention = "weak") -> float:
    """Rank of the last value among the last `window` known values, itself included, from 0 to 1.

    >>> last_percentile(np.array([4.0, 1.0, 2.0, 2.0]), 4)
    0.75
    """
    present = values[known(values)]
    if present.size < window:
        raise SignalError(NA, f"the window needs {window} known values and there are {present.size}")
    return percentile_of(float(values[-1]), present[-window:], convention)


def percentile_of(value: float, reference: FloatArray, convention: Convention = "weak") -> float:
    """Share of the reference at or below the value (weak), below it (strict), or the mean of both."""
    weak = np.count_nonzero(reference <= value)
    strict = np.count_nonzero(reference < value)
    return float({"weak": weak, "strict": strict, "mean": (weak + strict) / 2}[convention] / reference.size)


def zscore_history(values: FloatArray, window: int, method: Method = "mean") -> FloatArray:
    """z-score of every value against the `window` known values before it; NaN until the window is full or while it is flat.

    >>> zscore_history(np.array([1.0, 2.0, 3.0, 5.0]), 3).tolist()
    [nan, nan, nan, 3.0]
    """
    kernel = _trailing_zscore if method == "mean" else _robust_zscore
    return _per_series(values, lambda present: kernel(present, window))


def percentile_history(values: FloatArray, window: int, convention: Convention = "weak") -> FloatArray:
    """Rank of every value among the last `window` known values, itself included; NaN until the window is full.

    >>> percentile_history(np.array([1.0, 3.0, 2.0]), 2).tolist()
    [nan, 1.0, 0.5]
    """

    def ranks(present: FloatArray) -> FloatArray:
        out = np.full(present.size, np.nan)
        for rows, frames in _frames(present, window, include=True):
            now = present[rows, None]
            weak, strict = (frames <= now).mean(axis=1), (frames < now).mean(axis=1)
            out[rows] = {"weak": weak, "strict": strict, "mean": (weak + strict) / 2}[convention]
        return out

    return _per_series(values, ranks)


def lagged_zscore(values: FloatArray, reference: FloatArray, counts: IntArray, window: int, noise: float = 0.0) -> FloatArray:
    """z-score of values[i] against the `window` entries of `reference` that end before position counts[i].

    For sums and changes over several sessions: the reference may overlap itself but not the current value. NaN where values[i] is
    unknown, the reference is short, or its values differ by no more than `noise`.

    >>> lagged_zscore(np.array([5.0]), np.array([1.0, 2.0, 3.0, 9.0]), np.array([3]), 3).tolist()
    [3.0]
    """
    out = np.full(values.size, np.nan)
    if reference.size < window:
        return out
    frames = sliding_window_view(reference, window)
    wanted = np.flatnonzero(known(values) & (counts >= window))
    for start in range(0, wanted.size, max(1, _CHUNK // window)):
        rows = wanted[start : start + max(1, _CHUNK // window)]
        frame = frames[counts[rows] - window]
        first = frame[:, :1]
        frame = frame - first  # exact where values differ by little
        mean = frame.mean(axis=1)
        deviation = np.sqrt(((frame - mean[:, None]) ** 2).sum(axis=1) / (window - 1))
        moves = np.ptp(frame, axis=1) > noise
        out[rows[moves]] = (values[rows[moves]] - first[moves, 0] - mean[moves]) / deviation[moves]
    return out


def _per_series(values: FloatArray, of_known: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Apply a rule for gapless series to each series of a panel: missing values are taken out first and put back after."""
    if values.ndim == 2:
        columns = [_per_series(np.ascontiguousarray(column), of_known) for column in values.T]
        return np.column_stack(columns) if columns else np.empty_like(values)
    present = known(values)
    if present.all():
        return of_known(values)
    out = np.full(values.size, np.nan)
    out[present] = of_known(values[present])
    return out


def _trailing_zscore(x: FloatArray, window: int) -> FloatArray:
    """O(n) z-score without drift.

    The `window` values before position k of a block are the last `window` − k of the block before and the first k of its own:
    a suffix sum plus a prefix sum, taken around a local centre. No sum runs over more than two blocks.
    """
    out = np.full(x.size, np.nan)
    if x.size <= window:
        return out
    scale = safe_scale(max(abs(float(x.max())), abs(float(x.min()))))
    if scale != 1.0:
        x = x * scale
    blocks = max(1, _CHUNK // 16 // window)
    for first in range(1, -(-x.size // window), blocks):
        here = x[first * window : (first + blocks) * window]
        rows = -(-here.size // window)
        now = np.concatenate([here, np.full(rows * window - here.size, here[-1])]).reshape(rows, window)
        before = x[(first - 1) * window : (first - 1 + rows) * window].reshape(rows, window)
        centre = now[:, :1]
        now = now - centre
        sums = _with_squares(before - centre)[:, ::-1].cumsum(axis=1)[:, ::-1]
        sums[:, 1:] += _with_squares(now)[:, :-1].cumsum(axis=1)
        mean = sums.real / window
        power = mean * mean
        variance = (sums.imag - window * power) / (window - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (now - mean) / np.sqrt(variance)
        part = slice(first * window, first * window + here.size)
        out[part] = z.ravel()[: here.size]
        inexact = np.flatnonzero((power > 1e3 * variance).ravel()[: here.size])
        if inexact.size:
            out[part][inexact] = _two_pass(x, window, part.start + inexact)
    out[_flat_before(x, window)] = np.nan
    return out


def _with_squares(x: FloatArray) -> NDArray[np.complex128]:
    """x + i·x²: one running sum then adds up values and squares alike, in half the time of two."""
    pairs = np.empty(x.shape, dtype=np.complex128)
    pairs.real = x
    np.multiply(x, x, out=pairs.imag)
    return pairs


def _two_pass(x: FloatArray, window: int, rows: IntArray) -> FloatArray:
    """The same z-score the slow way, for windows far narrower than their distance from the block's centre."""
    z = np.empty(rows.size)
    frames = sliding_window_view(x, window)
    step = max(1, _CHUNK // window)
    for start in range(0, rows.size, step):
        part = rows[start : start + step]
        frame = frames[part - window]
        frame = frame - frame[:, :1]
        mean = frame.mean(axis=1)
        deviation = np.sqrt(((frame - mean[:, None]) ** 2).sum(axis=1) / (window - 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            z[start : start + part.size] = (x[part] - x[part - window] - mean) / deviation
    return z


def _flat_before(x: FloatArray, window: int) -> BoolArray:
    """Where the `window` values before a position are all equal."""
    flat = np.zeros(x.size, dtype=np.bool_)
    marks = x[:: window // 2]  # a run of `window` equal values holds at least two of these
    if not (marks[1:] == marks[:-1]).any():
        return flat
    moved = np.flatnonzero(x[1:] != x[:-1]) + 1
    starts, stops = np.concatenate([[0], moved]), np.concatenate([moved, [x.size]])
    long = np.flatnonzero(stops - starts >= window)
    for start, stop in zip(starts[long].tolist(), stops[long].tolist(), strict=True):
        flat[start + window : stop + 1] = True
    return flat


def _robust_zscore(x: FloatArray, window: int) -> FloatArray:
    out = np.full(x.size, np.nan)
    scale = safe_scale(float(np.abs(x).max(initial=0.0)))
    x = x * scale
    for rows, frames in _frames(x, window, include=False):
        centre = np.median(frames, axis=1)
        deviation = MAD_TO_SIGMA * np.median(np.abs(frames - centre[:, None]), axis=1)
        moves = deviation > 0
        out[rows[moves]] = (x[rows[moves]] - centre[moves]) / deviation[moves]
    return out


def _frames(x: FloatArray, window: int, *, include: bool) -> Iterator[tuple[IntArray, FloatArray]]:
    """Row numbers and their windows, in chunks; a window ends at its row (include) or just before it."""
    first = window - 1 if include else window
    if x.size <= first:
        return
    frames = sliding_window_view(x, window)
    step = max(1, _CHUNK // window)
    for start in range(first, x.size, step):
        rows = np.arange(start, min(start + step, x.size))
        yield rows, frames[rows - first]


def safe_scale(largest: float) -> float:
    """A power of two that keeps squares of the values within the range of a double; 1 for values of ordinary size."""
    if largest == 0.0 or 1e-100 < largest < 1e100:
        return 1.0
    return float(np.ldexp(1.0, -int(np.clip(np.frexp(largest)[1], -1000, 1000))))
