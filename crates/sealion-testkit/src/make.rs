//! Journals of any size, straight to files.
//!
//! Documents are made and hashed, and blocks encoded, on as many threads as asked for; the result does not depend on
//! their number. Memory holds one object a thread, and 32 bytes a block for the digest.

use crate::journal::{Chain, Config, Draft, Planner};
use crate::ledger::{self, Digest};
use crate::write::export::{gzip, Export};
use crate::write::{stream, Error, Sink};
use crate::Block;
use sealion_reference::Hash;
use std::thread;

/// What to make.
#[derive(Clone, Debug)]
pub struct Order {
    /// Seed, mix and number of blocks.
    pub config: Config,
    /// Stop as soon as objects of so many bytes, before compression, are written and every redaction is ordered.
    pub bytes: Option<u64>,
    /// What to write.
    pub form: Form,
    /// Blocks an object.
    pub blocks_per_object: usize,
    /// Threads that make and encode.
    pub threads: usize,
}

/// What to write.
#[derive(Clone, Debug)]
pub enum Form {
    /// An export with its manifests.
    Export(Export),
    /// A journal stream's records as Firehose objects, with a line feed behind each record if `newline`.
    Firehose {
        /// Firehose's delimiter option.
        newline: bool,
        /// Whether objects are compressed.
        gzip: bool,
    },
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The ledger's strand.
    pub strand_id: String,
    /// All block hashes, from block 0 on.
    pub hashes: Vec<Hash>,
    /// Bytes of all data objects as stored.
    pub bytes: u64,
    /// The first block, the first with a document, some of those between, and the last: for proofs.
    pub samples: Vec<Block>,
}

impl Made {
    /// The digest that covers all blocks.
    ///
    /// # Panics
    /// If no block was made.
    #[must_use]
    pub fn digest(&self) -> Digest {
        ledger::digest(&self.strand_id, &self.hashes)
    }

    /// Keeps a block if it is among the samples: numbers 0, 1, 2, 4, 8 and so on, and the first with a document.
    fn sample(&mut self, block: &Block) {
        let power = block.address.sequence_no & block.address.sequence_no.wrapping_sub(1) == 0;
        let document = |block: &Block| {
            block
                .revisions()
                .iter()
                .any(|revision| revision.metadata.is_some())
        };
        if power || (document(block) && !self.samples.iter().any(document)) {
            self.samples.push(block.clone());
        }
    }
}

impl Form {
    /// One object of these blocks: its key in manifests, its name, and its bytes.
    fn object(&self, blocks: &[Block]) -> Result<(String, String, Vec<u8>), Error> {
        match self {
            Self::Export(export) => {
                let (key, bytes) = export.object(blocks)?;
                Ok((key.clone(), export.file_name(&key), bytes))
            }
            Self::Firehose {
                newline,
                gzip: compress,
            } => {
                let first = blocks.first().map_or(0, |block| block.address.sequence_no);
                let mut records = stream::records(blocks)?;
                if first == 0 {
                    records.insert(0, stream::control("CREATED")?);
                }
                let bytes = stream::firehose(&records, *newline);
                let bytes = if *compress { gzip(&bytes)? } else { bytes };
                let name = format!("stream/2025/07/30/23/ledger-1-{first:012}");
                Ok((name.clone(), name, bytes))
            }
        }
    }

    /// What follows the objects: manifests, or the stream's last record.
    fn rest(&self, strand_id: &str, keys: &[String]) -> Result<Vec<(String, Vec<u8>)>, Error> {
        match self {
            Self::Export(export) => Ok(export.manifests(strand_id, keys)?.into()),
            Self::Firehose { newline, .. } => {
                let last = stream::firehose(&[stream::control("COMPLETED")?], *newline);
                Ok(vec![(
                    "stream/2025/07/30/23/ledger-1-completed".to_owned(),
                    last,
                )])
            }
        }
    }
}

/// Makes the journal and writes it to `sink`.
///
/// # Errors
/// If a block cannot be encoded or a file not written.
pub fn make(order: &Order, sink: &mut impl Sink) -> Result<Made, Error> {
    let mut planner = Planner::new(order.config);
    let strand_id = planner.strand_id().to_owned();
    let mut made = Made {
        strand_id,
        hashes: Vec::new(),
        bytes: 0,
        samples: Vec::new(),
    };
    let mut keys = Vec::new();
    let mut last = None;
    // A limit of bytes is met within an object; what other threads made beyond it is thrown away, so that their
    // number changes nothing.
    let mut limit = order.bytes;
    loop {
        let round = plan(&mut planner, order);
        if round.is_empty() {
            break;
        }
        let (drafts, afters): (Vec<_>, Vec<_>) = round.into_iter().unzip();
        let mut objects = parallel(drafts, |drafts| {
            drafts.into_iter().map(Draft::fill).collect::<Vec<_>>()
        });
        let mut chain = Chain::after(made.hashes.last().copied());
        for block in objects.iter_mut().flatten() {
            chain.link(block);
        }
        let objects = parallel(objects, |blocks| {
            order.form.object(&blocks).map(|object| (object, blocks))
        });
        for (object, after) in objects.into_iter().zip(afters) {
            let ((key, name, bytes), mut blocks) = object?;
            sink.put(&name, &bytes)?;
            made.bytes += bytes.len() as u64;
            keys.push(key);
            for block in &blocks {
                made.hashes.push(
                    block
                        .block_hash
                        .as_slice()
                        .try_into()
                        .expect("a linked block has a hash"),
                );
                made.sample(block);
            }
            last = blocks.pop();
            if limit.is_some_and(|limit| made.bytes >= limit) {
                limit = None;
                planner = after;
                planner.settle();
                break;
            }
        }
    }
    for (name, bytes) in order.form.rest(&made.strand_id, &keys)? {
        sink.put(&name, &bytes)?;
    }
    let known = made.samples.last().map(|block| block.address.sequence_no);
    made.samples
        .extend(last.filter(|last| Some(last.address.sequence_no) != known));
    Ok(made)
}

/// The drafts of the next objects, one for each thread, with the planner as it was after each.
fn plan(planner: &mut Planner, order: &Order) -> Vec<(Vec<Draft>, Planner)> {
    let object = |_| {
        let drafts: Vec<Draft> = planner
            .by_ref()
            .take(order.blocks_per_object.max(1))
            .collect();
        (!drafts.is_empty()).then(|| (drafts, planner.clone()))
    };
    (0..order.threads.max(1)).map_while(object).collect()
}

/// Does the same with each input, every one on a thread of its own, and keeps their order.
fn parallel<I: Send, O: Send>(inputs: Vec<I>, work: impl Fn(I) -> O + Sync) -> Vec<O> {
    if inputs.len() == 1 {
        return inputs.into_iter().map(work).collect();
    }
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = inputs
            .into_iter()
            .map(|input| scope.spawn(move || work(input)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("the work does not panic"))
            .collect()
    })
}
