#!/usr/bin/env python3
"""Cold start of `martlet run` on a scripted agent without tools, as a ratio to `curl --version`.

Usage: Benchmarks/startup.py [ROUNDS]     (after `swift build -c release --static-swift-stdlib`)

Both programs run in turn, so that noise of the machine meets both; the medians are compared.
"""
import os, statistics, subprocess, sys, tempfile, time

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
martlet = os.path.join(root, ".build", "release", "martlet")
agent = tempfile.NamedTemporaryFile("w", suffix=".yaml")
agent.write("name: hello\nmodel: scripted\nscript: [{say: Hello!}]\n")
agent.flush()
commands = {"martlet run": [martlet, "run", agent.name, "hi"], "curl --version": ["curl", "--version"]}


def milliseconds(command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1000


times = {name: [] for name in commands}
for _ in range(rounds):
    for name, command in commands.items():
        times[name].append(milliseconds(command))
medians = {name: statistics.median(values) for name, values in times.items()}
for name, median in medians.items():
    print(f"{name:16} {median:6.2f} ms (median of {rounds})")
print(f"{'ratio':16} {medians['martlet run'] / medians['curl --version']:6.2f}   (at most 2)")
