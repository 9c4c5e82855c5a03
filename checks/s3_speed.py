"""How fast a bucket is read beside the same files, and how much memory many small objects take.

    cargo build --release -p sealion-cli --features sealion-cli/aws
    cargo build --release -p sealion-testkit --bin make-journal
    cargo build --release -p sealion-stubs --example serve-s3
    python3 checks/s3_speed.py target/release [--bytes 200000000] [--objects 10000 100000]

The server is s3s-fs on the loopback interface of the same machine, whose work takes processor time from the
program's. So both are measured also apart: the program on one processor with one thread, the server on another,
files read in the same way. Needs nothing but Python's own library, and Linux.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("binaries", type=Path)
parser.add_argument("--bytes", type=int, default=200_000_000)
parser.add_argument("--objects", type=int, nargs="*", default=[10_000, 100_000])
parser.add_argument("--runs", type=int, default=3)
arguments = parser.parse_args()
binaries = arguments.binaries.resolve()
everywhere = os.sched_getaffinity(0)
if len(everywhere) < 2:
    parser.error("two processors are needed, one for the server")
ours, servers = ({processor} for processor in sorted(everywhere)[:2])


def make(folder, *options):
    command = [binaries / "make-journal", "--seed", "7", "--out", folder, *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (folder / "digest.json").rename(folder.parent / f"{folder.name}.json")
    return folder.parent / f"{folder.name}.json"


def start(command, processors, **options):
    """Starts a program that keeps to these processors."""
    os.sched_setaffinity(0, processors)
    child = subprocess.Popen(command, **options)
    os.sched_setaffinity(0, everywhere)
    return child


def verify(source, digest, environment, apart=False):
    """Wall seconds, processor seconds and peak memory in MB of one run, which must verify."""
    command = [binaries / "sealion", "verify", source, "--digest", digest, "--quiet"]
    started = time.monotonic()
    if apart:
        child = start([*command, "--threads", "1"], ours, env=environment)
    else:
        child = start(command, everywhere, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    assert status == 0, (source, status)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def served(root, processors):
    server = start(
        [binaries / "examples" / "serve-s3", root], processors, stdout=subprocess.PIPE, text=True
    )
    environment = dict(os.environ, AWS_REGION="us-east-1")
    for _ in range(2):
        words = server.stdout.readline().split()[1:]
        environment |= dict(word.split("=", 1) for word in words)
    return server, environment


def compare(root, digest, environment, apart):
    """The large export from its files and from the bucket, in turn: the least of each figure, and the most memory."""
    sources = {"files": root / "large" / "ledger", "bucket": "s3://large/ledger/"}
    runs = {name: [] for name in sources}
    for _ in range(arguments.runs):
        for name, source in sources.items():
            runs[name].append(verify(source, digest, environment, apart))
    best = {name: [min(figures) for figures in zip(*all)] for name, all in runs.items()}
    how = "apart" if apart else "as it is"
    for name, (seconds, processor, _) in best.items():
        memory = max(memory for _, _, memory in runs[name])
        rate = arguments.bytes / seconds / 1e6
        figures = f"{seconds:6.2f} s {rate:6.1f} MB/s {processor:6.2f} s of CPU {memory:6.1f} MB"
        print(f"{how:8} {name:7} {figures}")
    wall, processor = (best["files"][of] / best["bucket"][of] for of in (0, 1))
    print(f"{how:8} bucket / files: {wall:.2f} of the speed, {processor:.2f} by processor time")


with tempfile.TemporaryDirectory() as root:
    root = Path(root)
    (root / "large").mkdir()
    digest = make(root / "large" / "ledger", "--bytes", str(arguments.bytes), "--mix", "mixed")
    for apart in (False, True):
        server, environment = served(root, servers if apart else everywhere)
        try:
            compare(root, digest, environment, apart)
        finally:
            server.terminate()
    server, environment = served(root, everywhere)
    try:
        for count in arguments.objects:
            (root / f"many{count}").mkdir()
            options = ["--blocks", str(count), "--objects-of", "1", "--mix", "tiny"]
            digest = make(root / f"many{count}" / "ledger", *options)
            sources = {"files": root / f"many{count}" / "ledger", "bucket": f"s3://many{count}/ledger/"}
            for name, source in sources.items():
                seconds, processor, memory = verify(source, digest, environment)
                print(f"{count} {name:7} {seconds:6.1f} s {processor:6.1f} s of CPU {memory:6.1f} MB")
    finally:
        server.terminate()
