//! Writes a QLDB journal of any size from a seed: objects, manifests, its digest, and proofs of some blocks and
//! revisions.

use clap::Parser;
use sealion_testkit::block::Block;
use sealion_testkit::journal::Config;
use sealion_testkit::ledger::revision_proof;
use sealion_testkit::make::{make, Form, Made, Order};
use sealion_testkit::write::export::{Export, Format};
use sealion_testkit::write::{evidence, Error, Folder, Sink};
use sealion_testkit::Mix;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Writes a QLDB journal from a seed: the same seed gives the same files.
#[derive(Parser)]
struct Arguments {
    /// Where the journal comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many blocks to write [default: 1000, unless --bytes is given].
    #[arg(long, conflicts_with = "bytes")]
    blocks: Option<u64>,
    /// Write until the objects have so many bytes (compressed, with --gzip), and a little more.
    #[arg(long)]
    bytes: Option<u64>,
    /// text, pretty, spelled, binary, spelled-binary, json, or stream (records as Firehose left them).
    #[arg(long, default_value = "text")]
    format: String,
    /// mixed, vehicle, large, tiny or deep.
    #[arg(long, default_value = "vehicle")]
    mix: String,
    /// The folder to write to, made if it is not there.
    #[arg(long)]
    out: PathBuf,
    /// Blocks an object [default: 1000, of large documents 50].
    #[arg(long)]
    objects_of: Option<usize>,
    /// Compress the objects, in several gzip members each.
    #[arg(long)]
    gzip: bool,
    /// A line feed behind each record of a stream, as Firehose could be told to write.
    #[arg(long)]
    newline: bool,
    /// Threads to make and encode on. The files do not depend on it.
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

fn order(arguments: &Arguments) -> Option<Order> {
    let mix = Mix::named(&arguments.mix)?;
    let form = if arguments.format == "stream" {
        Form::Firehose {
            newline: arguments.newline,
            gzip: arguments.gzip,
        }
    } else {
        let format = Format::ALL
            .into_iter()
            .find(|format| format.name() == arguments.format)?;
        Form::Export(Export {
            gzip: arguments.gzip,
            ..Export::new(format, arguments.seed)
        })
    };
    let blocks = arguments.blocks.or(if arguments.bytes.is_some() {
        None
    } else {
        Some(1_000)
    });
    let usual = if mix == Mix::Large { 50 } else { 1_000 };
    Some(Order {
        config: Config {
            seed: arguments.seed,
            mix,
            blocks,
        },
        bytes: arguments.bytes,
        form,
        blocks_per_object: arguments.objects_of.unwrap_or(usual),
        threads: arguments.threads,
    })
}

/// The digest, and a proof for each sampled block and for the first document in it.
fn write_evidence(made: &Made, folder: &mut Folder) -> Result<(), Error> {
    let digest = made.digest();
    folder.put("digest.json", evidence::get_digest(&digest).as_bytes())?;
    for block in &made.samples {
        let number = block.address.sequence_no;
        let proof = sealion_reference::inclusion_path(number as usize, &made.hashes);
        let file = evidence::get_block(block, Some(&proof));
        folder.put(&format!("proofs/block-{number}.json"), file.as_bytes())?;
        if let Some(revision) = first_document(block) {
            let proof = revision_proof(block, revision, &made.hashes);
            let file = evidence::get_revision(&block.revisions()[revision], Some(&proof));
            folder.put(&format!("proofs/revision-{number}.json"), file.as_bytes())?;
        }
    }
    Ok(())
}

fn first_document(block: &Block) -> Option<usize> {
    block
        .revisions()
        .iter()
        .position(|revision| revision.metadata.is_some())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(order) = order(&arguments) else {
        eprintln!(
            "no such format or mix: {} {}",
            arguments.format, arguments.mix
        );
        return ExitCode::from(2);
    };
    if order.config.blocks == Some(0) {
        eprintln!("a journal has at least one block");
        return ExitCode::from(2);
    }
    let mut folder = Folder(arguments.out);
    let begun = Instant::now();
    let made = make(&order, &mut folder)
        .and_then(|made| write_evidence(&made, &mut folder).map(|()| made));
    match made {
        Ok(made) => {
            let (megabytes, seconds) = (made.bytes as f64 / 1e6, begun.elapsed().as_secs_f64());
            let blocks = made.hashes.len();
            eprintln!(
                "{blocks} blocks, {megabytes:.1} MB in {seconds:.1} s: {:.0} MB/s",
                megabytes / seconds
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
