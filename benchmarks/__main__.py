"""All benchmarks: python -m benchmarks."""

from benchmarks import last_values, sheet_calls, whole_history

for benchmark in (last_values, whole_history, sheet_calls):
    benchmark.run()
