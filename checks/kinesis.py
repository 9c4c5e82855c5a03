"""A journal stream in moto's Kinesis verifies as its records in files do.

Two shards; records as they are, then aggregated as the Kinesis Producer Library does; one shard is split,
and the rest goes into its children.
"""

import hashlib
import json
import random

from served import Served, same

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


def main():
    with Served() as served:
        kinesis = served.client("kinesis")
        folder, digest = served.journal("--format", "stream", "--blocks", "400")
        records = records_of(folder)
        shards = fill(kinesis, "ledger", records)
        print(f"kinesis: {len(records)} records in {shards} shards")
        status, local = served.report(folder / "stream", digest)
        same("files, verdict", (status, local["verdict"]), (0, "verified"))
        status, remote = served.report("kinesis://ledger", digest)
        same("stream, verdict", (status, remote["verdict"]), (0, "verified"))
        assert remote["strands"] == local["strands"], "not the same strands"
        same("stream, inputs", [one["kind"] for one in remote["inputs"]], ["stream"] * shards)
        arn = kinesis.describe_stream_summary(StreamName="ledger")["StreamDescriptionSummary"]["StreamARN"]
        same("by its ARN, verdict", served.report(arn, digest)[1]["verdict"], "verified")

        # One bit in the content of the last document.
        at = max(index for index, record in enumerate(records) if b"REVISION_DETAILS" in record)
        changed = bytearray(records[at])
        changed[-1] ^= 1
        fill(kinesis, "changed", records[:at] + [bytes(changed)] + records[at + 1 :])
        status, report = served.report("kinesis://changed", digest)
        same("one changed bit, verdict", (status, report["verdict"]), (1, "failed"))

        lacking = [record for record in records if b"BLOCK_SUMMARY" not in record or record is records[1]]
        fill(kinesis, "lacking", lacking)
        status, report = served.report("kinesis://lacking", digest)
        same("summaries lost, verdict", (status, report["verdict"]), (2, "inconclusive"))

        status, _, error = served.sealion("verify", "kinesis://nobody-has-this")
        same("no such stream, status", status, 2)
        assert "ResourceNotFoundException" in error and "check the stream's name" in error, error
        status, out, _ = served.sealion("verify", "kinesis://ledger", "--dry-run")
        same("dry run, shards", (status, out.count("kinesis://ledger/shardId-")), (0, shards))
        status, out, _ = served.sealion("digest", "kinesis://ledger")
        same("digest", json.loads(out), json.loads(digest.read_text()))


main()
