//! Reads one shard from its oldest record to its end.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aws_sdk_kinesis::operation::get_records::GetRecordsOutput;
use aws_sdk_kinesis::types::Record;
use base64::{engine::general_purpose::STANDARD, Engine as _};
use serde::Serialize;
use tokio::time::{sleep_until, Instant};

use crate::archive::Counts;
use crate::client::{bad, Answer, Client};
use crate::kept::Writer;
use crate::{EMPTY_MAX, RENEWALS_MAX};

/// Between two requests for records of one shard, which answers five a second.
const PACE: Duration = Duration::from_millis(200);

/// Answers in a row that say they are at the tip, after which it is believed though records still come:
/// somebody is writing.
const AT_TIP_MAX: u32 = 3;

/// Stands for a shard without records; what has the member names of an answer is known as one.
const NOTHING: &[u8] = b"{\"Records\":[],\"NextShardIterator\":\"\"}\n";

/// An answer with one record.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "Records")]
    records: [LineRecord<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LineRecord<'a> {
    sequence_number: &'a str,
    partition_key: Option<&'a str>,
    data: String,
}

/// How far a shard is read.
#[derive(Default)]
struct Position {
    /// The number of the last record.
    last: Option<String>,
    at_tip: u32,
    empty: u32,
    renewed: u32,
}

/// Reads all records of `shard` into `writer`, whatever comes of it.
pub(crate) async fn shard(client: &Client, shard: &str, writer: Writer, counts: &Counts) {
    let how = all(client, shard, &writer, counts).await;
    writer.end(how.map_err(|error| error.to_string()));
}

async fn all(client: &Client, shard: &str, writer: &Writer, counts: &Counts) -> io::Result<()> {
    let mut position = Position::default();
    let mut iterator = Some(client.iterator(shard, None).await?);
    while let Some(from) = iterator {
        let next_request = Instant::now() + PACE;
        iterator = match client.records(&from).await? {
            Answer::Records(answer) => {
                keep(&answer.records, &mut position, writer, counts)?;
                if position.is_end_after(&answer)? {
                    break;
                }
                if answer.next_shard_iterator.as_ref() == Some(&from) {
                    let found = "the one that these records were asked for with";
                    return Err(bad("another NextShardIterator", found));
                }
                answer.next_shard_iterator
            }
            Answer::Expired => {
                position.renewed += 1;
                if position.renewed > RENEWALS_MAX {
                    return Err(io::Error::other(format!(
                        "{RENEWALS_MAX} iterators in a row expired before they were used; set the clock \
                         of this machine, or run again later"
                    )));
                }
                Some(client.iterator(shard, position.last.as_deref()).await?)
            }
        };
        sleep_until(next_request).await;
    }
    match position.last {
        Some(_) => Ok(()),
        None => writer.push(NOTHING).map_err(not_kept),
    }
}

impl Position {
    /// Takes note of a record. Their numbers rise within a shard, though not by one.
    fn pass(&mut self, record: &Record) -> io::Result<()> {
        let number = &record.sequence_number;
        let expected = "records whose sequence numbers rise";
        let own = rank(number).ok_or_else(|| bad(expected, format!("{number:?}")))?;
        if let Some(last) = self.last.as_ref().filter(|last| rank(last) >= Some(own)) {
            return Err(bad(expected, format!("{number:?} after {last:?}")));
        }
        self.last = Some(number.clone());
        Ok(())
    }

    /// Takes note of an answer. True if nothing follows it: Kinesis says that it is at the tip of the
    /// stream, and nothing came; or it says so three times in a row, while somebody goes on writing.
    fn is_end_after(&mut self, answer: &GetRecordsOutput) -> io::Result<bool> {
        self.renewed = 0;
        let behind = answer.millis_behind_latest.filter(|behind| *behind >= 0);
        let at_tip = behind.ok_or_else(|| bad("MillisBehindLatest", "none"))? == 0;
        self.at_tip = if at_tip { self.at_tip + 1 } else { 0 };
        match answer.records.last() {
            Some(_) => {
                self.empty = 0;
                Ok(self.at_tip == AT_TIP_MAX)
            }
            None if at_tip => Ok(true),
            None if self.empty == EMPTY_MAX => Err(io::Error::other(format!(
                "{EMPTY_MAX} answers in a row had no record and were not at the tip: run again later"
            ))),
            None => {
                self.empty += 1;
                Ok(false)
            }
        }
    }
}

/// What a number of any length, in decimal digits, is compared by.
fn rank(number: &str) -> Option<(usize, &str)> {
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let significant = number.trim_start_matches('0');
    (digits && !number.is_empty()).then_some((significant.len(), significant))
}

fn keep(
    records: &[Record],
    position: &mut Position,
    writer: &Writer,
    counts: &Counts,
) -> io::Result<()> {
    for record in records {
        position.pass(record)?;
        let data = record.data.as_ref();
        let line = Line {
            records: [LineRecord {
                sequence_number: &record.sequence_number,
                partition_key: record.partition_key.as_deref(),
                data: STANDARD.encode(data),
            }],
        };
        let mut line = serde_json::to_vec(&line).map_err(io::Error::other)?;
        line.push(b'\n');
        writer.push(&line).map_err(not_kept)?;
        counts.records.fetch_add(1, Ordering::Relaxed);
        counts.bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
    }
    Ok(())
}

fn not_kept(error: io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("records could not be kept in a temporary file: {error}; make room in TMPDIR, or set it"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(records: usize, behind: i64) -> GetRecordsOutput {
        let record = |number: usize| {
            Record::builder()
                .sequence_number(number.to_string())
                .data(vec![].into())
                .partition_key("k")
                .build()
                .unwrap()
        };
        GetRecordsOutput::builder()
            .set_records(Some((0..records).map(record).collect()))
            .millis_behind_latest(behind)
            .build()
            .unwrap()
    }

    fn ends(answers: &[(usize, i64)]) -> Vec<bool> {
        let mut position = Position::default();
        let end = |(records, behind): &(usize, i64)| {
            position.is_end_after(&answer(*records, *behind)).unwrap()
        };
        answers.iter().map(end).collect()
    }

    #[test]
    fn an_answer_without_records_is_the_end_only_at_the_tip() {
        assert_eq!(
            ends(&[(0, 500), (2, 500), (0, 1), (0, 0)]),
            [false, false, false, true]
        );
        assert_eq!(ends(&[(2, 0), (0, 0)]), [false, true]);
    }

    #[test]
    fn sequence_numbers_are_numbers_of_any_length() {
        assert!(rank("9") < rank("10") && rank("009") == rank("9"));
        let long = "49543463076548007577105092703039560359975228518395012686";
        assert!(rank(long) < rank(&format!("{long}0")) && rank("0") < rank(long));
        assert_eq!((rank(""), rank("1e9"), rank("-1")), (None, None, None));
    }

    #[test]
    fn an_answer_says_how_far_behind_it_is() {
        for behind in [None, Some(-1)] {
            let answer = GetRecordsOutput::builder()
                .set_records(Some(vec![]))
                .set_millis_behind_latest(behind)
                .build();
            let error = Position::default().is_end_after(&answer.unwrap());
            assert!(error
                .unwrap_err()
                .to_string()
                .contains("MillisBehindLatest"));
        }
    }

    #[test]
    fn a_stream_that_is_written_to_ends() {
        assert_eq!(
            ends(&[(1, 0), (1, 9), (1, 0), (1, 0), (1, 0)]),
            [false, false, false, false, true]
        );
    }

    #[test]
    fn answers_without_end_are_given_up() {
        let mut position = Position::default();
        let empty = answer(0, 1);
        for _ in 0..EMPTY_MAX {
            assert!(!position.is_end_after(&empty).unwrap());
        }
        let error = position.is_end_after(&empty).unwrap_err().to_string();
        assert!(error.contains("10000 answers in a row"), "{error}");
    }
}
