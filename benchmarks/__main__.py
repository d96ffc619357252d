"""All benchmarks: python -m benchmarks."""

from benchmarks import batch, large_file, last_values, refresh, sheet_calls, whole_history

for benchmark in (last_values, whole_history, sheet_calls, refresh, batch, large_file):
    benchmark.run()
