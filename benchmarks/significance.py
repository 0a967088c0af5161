# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Compares the significance tests of `grounded eval` with SciPy's on 100 random cases.

    benchmarks/significance.py [--binary .build/debug/grounded] [--seed N] [--cases 100]   compares a binary, prints the largest differences
    benchmarks/significance.py --write                                   writes the cases' expected values for the unit tests

Needs SciPy (`pip install scipy`). The cases are made by the same generator as in the unit tests, so those need no SciPy.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import numpy
import scipy.stats

ROOT = pathlib.Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "Tests" / "GroundedTests" / "SignificanceCases.swift"
MASK = (1 << 64) - 1
#: Up to so many pairs that differ, `grounded` tries every assignment of signs; SciPy then does too.
EXACT = 16
TOLERANCE = 1e-9


class SplitMix64:
    """Vigna's generator, as in the Swift sources."""

    def __init__(self, state):
        self.state = state & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def unit(self):
        return (self.next() >> 11) * 2.0**-53


def case(number):
    """Two lists of figures as evaluations give them: continuous, coarse with ties, mostly equal, or shifted; some small."""
    generator = SplitMix64(number)
    small = number % 5 == 0
    count = 5 + generator.next() % (10 if small else 120)
    first, second = [], []
    for _ in range(count):
        u, v, w = generator.unit(), generator.unit(), generator.unit()
        if number % 4 == 0:
            pair = (u, v)
        elif number % 4 == 1:
            pair = (int(u * 5) / 4, int(v * 5) / 4)
        elif number % 4 == 2:
            pair = (u, u if w < 0.7 else v)
        else:
            pair = (u, u + (v - 0.45) * 0.25)
        first.append(pair[0])
        second.append(pair[1])
    return first, second


def reference(first, second):
    """SciPy's p-values: t-test, Wilcoxon, and the exact randomisation test where it is small enough (else None)."""
    difference = numpy.array(second) - numpy.array(first)
    moved = difference[difference != 0]
    if moved.size == 0:
        return 1.0, 1.0, 1.0
    t_test = float(scipy.stats.ttest_rel(second, first).pvalue)
    wilcoxon = float(scipy.stats.wilcoxon(second, first, zero_method="wilcox", correction=False, method="asymptotic").pvalue)
    if moved.size > EXACT:
        return t_test, wilcoxon, None
    if moved.size == 1:
        return t_test, wilcoxon, 1.0
    exact = scipy.stats.permutation_test(
        (moved,), lambda sample, axis: numpy.sum(sample, axis=axis), permutation_type="samples", n_resamples=numpy.inf, vectorized=True,
    )
    return t_test, wilcoxon, float(exact.pvalue)


def approximate(first, second, seed):
    """SciPy's randomisation test with random signs."""
    moved = numpy.array([b - a for a, b in zip(first, second) if a != b])
    result = scipy.stats.permutation_test(
        (moved,), lambda sample, axis: numpy.sum(sample, axis=axis), permutation_type="samples", n_resamples=20_000, vectorized=True,
        rng=numpy.random.default_rng(seed),
    )
    return float(result.pvalue)


def write():
    """The expected values, a row per case."""
    header = (ROOT / ".license_header_template").read_text().rstrip("\n")
    rows = []
    for number in range(100):
        t_test, wilcoxon, exact = reference(*case(number))
        rows.append(f"        [{t_test!r}, {wilcoxon!r}, {-1.0 if exact is None else exact!r}],")
    FIXTURE.write_text("\n".join([
        header, "",
        f"/// P-values by SciPy {scipy.__version__} of 100 random cases: t-test, Wilcoxon, exact randomisation test (-1 above {EXACT} pairs).",
        "/// Written by `benchmarks/significance.py --write`.",
        "enum SignificanceCases {",
        "    static let expected: [[Double]] = [", *rows, "    ]", "}", "",
    ]))
    print(f"{len(rows)} cases, SciPy {scipy.__version__}: {FIXTURE.relative_to(ROOT)}")


def compare(binary, first_case, cases):
    """Runs the binary over fresh cases; an exit status of 1 where it disagrees."""
    numbers = range(first_case, first_case + cases)
    pairs = [case(number) for number in numbers]
    lines = "".join(json.dumps({"first": first, "second": second}) + "\n" for first, second in pairs)
    output = subprocess.run([binary, "significance"], input=lines, capture_output=True, text=True, check=True).stdout
    found = [json.loads(line) for line in output.splitlines()]
    worst = {"t-test": 0.0, "Wilcoxon": 0.0, "randomisation, exact": 0.0, "randomisation, by chance (standard errors)": 0.0}
    for number, (first, second), values in zip(numbers, pairs, found, strict=True):
        t_test, wilcoxon, exact = reference(first, second)
        worst["t-test"] = max(worst["t-test"], abs(values["p_t_test"] - t_test))
        worst["Wilcoxon"] = max(worst["Wilcoxon"], abs(values["p_wilcoxon"] - wilcoxon))
        if exact is not None:
            worst["randomisation, exact"] = max(worst["randomisation, exact"], abs(values["p_randomisation"] - exact))
        else:
            other = approximate(first, second, number)
            # Both draw 20,000 assignments; SciPy doubles the smaller tail, which errs more.
            tail = other / 2
            error = max(((4 * tail * (1 - tail) + other * (1 - other)) / 20_000) ** 0.5, 1e-4)
            name = "randomisation, by chance (standard errors)"
            worst[name] = max(worst[name], abs(values["p_randomisation"] - other) / error)
    for name, value in worst.items():
        print(f"{name:44} largest difference {value:.3g}")
    agrees = all(value < (5 if "chance" in name else TOLERANCE) for name, value in worst.items())
    print(f"{cases} cases, SciPy {scipy.__version__}: {'agree' if agrees else 'DISAGREE'}")
    return 0 if agrees else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / ".build" / "debug" / "grounded"))
    parser.add_argument("--seed", type=int, default=1_000, help="the first case's number; the unit tests use 0 to 99")
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write:
        write()
        return 0
    return compare(options.binary, options.seed, options.cases)


if __name__ == "__main__":
    sys.exit(main())
