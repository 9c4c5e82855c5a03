"""A journal stream in moto's Kinesis verifies as its records in files do.

Two shards; records as they are, then aggregated as the Kinesis Producer Library does; one shard is split,
and the rest goes into its children.
"""

import hashlib
import json
import pathlib
import random
import tempfile

import boto3
import common

MARKER = bytes.fromhex("e00100ea")  # what every record begins with
ANSWER = 500  # records a request, the most that PutRecords takes


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def aggregate(records):
    """KPL aggregated record format: magic, protobuf message, MD5 of the message."""
    message = field(1, b"key")
    for record in records:
        message += field(3, varint(1 << 3) + varint(0) + field(3, record))
    return bytes.fromhex("f3899ac2") + message + hashlib.md5(message).digest()


def records_of(folder):
    """The records in Firehose objects, which hold them end to end."""
    records = []
    for path in sorted(path for path in (folder / "stream").rglob("*") if path.is_file()):
        records += [MARKER + rest for rest in path.read_bytes().split(MARKER)[1:]]
    return records


def put(kinesis, stream, records):
    for first in range(0, len(records), ANSWER):
        entries = [
            {"Data": data, "PartitionKey": str(first + index)}
            for index, data in enumerate(records[first : first + ANSWER])
        ]
        answer = kinesis.put_records(StreamName=stream, Records=entries)
        assert answer["FailedRecordCount"] == 0, answer


def fill(kinesis, stream, records):
    """Creates the stream and puts all records, in no order and some of them twice."""
    chance = random.Random(7)
    records = records + chance.sample(records, len(records) // 10)
    chance.shuffle(records)
    third = len(records) // 3
    kinesis.create_stream(StreamName=stream, ShardCount=2)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream)
    put(kinesis, stream, records[:third])
    packed = records[third : 2 * third]
    put(kinesis, stream, [aggregate(packed[at : at + 9]) for at in range(0, len(packed), 9)])
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]
    keys = [int(shard["HashKeyRange"][end]) for end in ("StartingHashKey", "EndingHashKey")]
    kinesis.split_shard(
        StreamName=stream, ShardToSplit=shard["ShardId"], NewStartingHashKey=str(sum(keys) // 2)
    )
    kinesis.get_waiter("stream_exists").wait(StreamName=stream)
    put(kinesis, stream, records[2 * third :])
    return len(kinesis.list_shards(StreamName=stream)["Shards"])


def journal(folder):
    """Makes a journal's stream records; their folder and the digest."""
    common.run(
        common.BUILT / "make-journal", "--seed", "7", "--out", folder, "--format", "stream", "--blocks", "400"
    )
    return folder / "stream", folder / "digest.json"


def main():
    with tempfile.TemporaryDirectory() as folder, common.moto() as url:
        folder = pathlib.Path(folder)
        kinesis = boto3.client("kinesis", endpoint_url=url)
        files, digest = journal(folder)
        records = records_of(folder)
        shards = fill(kinesis, "ledger", records)
        settings = ["--endpoint-url", url, "--digest", digest]

        local = common.report(files, "--digest", digest)
        remote = common.report("kinesis://ledger", *settings)
        common.equal(local["verdict"], "verified", "the records in files")
        for part in "verdict", "strands":
            common.equal(remote[part], local[part], f"{part} of the stream")
        kinds = [one["kind"] for one in remote["inputs"]]
        common.equal(kinds, ["stream"] * shards, "inputs of the stream")
        arn = kinesis.describe_stream_summary(StreamName="ledger")["StreamDescriptionSummary"]["StreamARN"]
        common.equal(common.report(arn, *settings)["verdict"], "verified", "the stream by its ARN")

        # One bit in the content of the last document.
        at = max(index for index, record in enumerate(records) if b"REVISION_DETAILS" in record)
        changed = bytearray(records[at])
        changed[-1] ^= 1
        fill(kinesis, "changed", records[:at] + [bytes(changed)] + records[at + 1 :])
        common.equal(
            common.report("kinesis://changed", *settings, status=1)["verdict"], "failed", "one changed bit"
        )
        lacking = [record for record in records if b"BLOCK_SUMMARY" not in record or record is records[1]]
        fill(kinesis, "lacking", lacking)
        common.equal(
            common.report("kinesis://lacking", *settings, status=2)["verdict"], "inconclusive", "summaries lost"
        )
        common.sealion("verify", "kinesis://nobody-has-this", "--endpoint-url", url, status=2)
        listed = common.sealion("verify", "kinesis://ledger", "--endpoint-url", url, "--dry-run")
        common.equal(listed.count(b"kinesis://ledger/shardId-"), shards, "shards of a dry run")
        found = json.loads(common.sealion("digest", "kinesis://ledger", "--endpoint-url", url))
        common.equal(found, json.loads(digest.read_text()), "the stream's digest")


main()
