#!/usr/bin/env python3
"""Checks of a parsed value in a second, as a ratio to jsonschema-rs.

Usage: Benchmarks/validation.py SCHEMA INSTANCE [ROUNDS]

Wants `pip install jsonschema-rs`, and `swift build -c release --static-swift-stdlib --product validation`. Both check the
same value against the same schema in turn, half a second each; the medians are compared.
"""
import json, os, statistics, subprocess, sys, time

import jsonschema_rs

schema_path, instance_path = sys.argv[1:3]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 15
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
program = os.environ.get("VALIDATION", os.path.join(root, ".build", "release", "validation"))
with open(schema_path) as file:
    validator = jsonschema_rs.validator_for(json.load(file))
with open(instance_path) as file:
    instance = json.load(file)


def own():
    return int(subprocess.run([program, schema_path, instance_path, "0.5"], capture_output=True, check=True).stdout)


def other():
    count, start = 0, time.perf_counter()
    while True:
        for _ in range(1000):
            validator.is_valid(instance)
        count += 1000
        elapsed = time.perf_counter() - start
        if elapsed >= 0.5:
            return count / elapsed


results = [(own(), other()) for _ in range(rounds)]
print(f"martlet       {statistics.median(a for a, _ in results):9,.0f} checks a second (median of {rounds})")
print(f"jsonschema-rs {statistics.median(b for _, b in results):9,.0f}")
print(f"ratio         {statistics.median(a / b for a, b in results):9.2f}")
