#!/usr/bin/env bash
# S3 and Kinesis as moto has them, filled by boto3 and read by the program. Needs Python 3.9 or later and
# PyPI; everything goes to a virtual environment in the target folder.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-target}"
venv="$target/checks-moto"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement checks/moto-requirements.txt

cargo build --locked -p sealion-testkit --bin make-journal
cargo build --locked -p sealion-cli --features aws
for check in kinesis s3; do
    "$venv/bin/python" "checks/$check.py" "$target/debug/sealion" "$target/debug/make-journal"
done
