"""The programs that the benchmarks start: how they are built and what they print."""
import os, shutil, subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RELEASE = os.path.join(ROOT, ".build", "release")
FLOOR = os.path.join(ROOT, ".build", "floor")
FILES = os.path.join(ROOT, "Benchmarks", "Files")
SCENARIOS = os.path.join(RELEASE, "scenarios")
MARTLET = os.path.join(RELEASE, "martlet")


def floor(name):
    return os.path.join(FLOOR, name)


def build():
    """Builds the release and the programs of the floor, whose compiler is `cc` unless CC says otherwise."""
    sources = os.path.join(ROOT, "Benchmarks", "Floor")
    os.makedirs(FLOOR, exist_ok=True)
    for name, libraries in {"endpoint": [], "floor": ["-lcurl"], "spawn": [], "events": ["-lyaml"]}.items():
        source = os.path.join(sources, name + ".c")
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", floor(name), source, *libraries], check=True)
    for product in "martlet", "scenarios":
        command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", product]
        subprocess.run(command, cwd=ROOT, check=True)


def installed(program):
    """A copy of a program, as it is installed. A linker fills the page cache page by page, a copy in larger pieces, which the
    system maps and gives back at once."""
    folder = os.path.join(ROOT, ".build", "installed")
    os.makedirs(folder, exist_ok=True)
    return shutil.copy(program, folder)


def numbers(command):
    """Runs a program that prints one line of numbers."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment)
    if finished.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {finished.returncode}")
    return [float(word) for word in finished.stdout.split()]


class Endpoint:
    """The endpoint on loopback, as long as a `with` block lasts; options as in `Floor/endpoint.c`."""

    def __init__(self, **options):
        self.options = [f"{name}={value}" for name, value in options.items()]

    def __enter__(self):
        self.process = subprocess.Popen(
            [floor("endpoint"), *self.options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/v1"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.largest_request = int(self.process.stdout.read().split()[0])
        self.process.wait()
