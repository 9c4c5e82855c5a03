//! Journals as archives of the library's, in every form.
#![allow(dead_code)] // each test uses its own part

use sealion::source::Memory;
use sealion_testkit::write::{export::Format, stream};
use sealion_testkit::{Block, Ledger, Rng};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Once;

/// A form in which a journal is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An export.
    Export(Format),
    /// Records of a stream, as often and in such order as they came.
    Stream,
}

/// All forms that keep Ion types.
pub const FORMS: [Form; 6] = [
    Form::Export(Format::Text),
    Form::Export(Format::Pretty),
    Form::Export(Format::Spelled),
    Form::Export(Format::Binary),
    Form::Export(Format::SpelledBinary),
    Form::Stream,
];

/// These blocks in objects that end before the blocks at `cuts`.
pub fn archive(form: Form, blocks: &[Block], cuts: &[usize], seed: u64) -> Memory {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (blocks.len() + 1)).collect();
    ends.extend([0, blocks.len()]);
    ends.sort_unstable();
    ends.dedup();
    let mut memory = Memory::new();
    let mut rng = Rng::new(seed);
    for (index, cut) in ends.windows(2).enumerate() {
        let bytes = object(form, &blocks[cut[0]..cut[1]], &mut rng.fork(index as u64));
        memory = memory.with(format!("object {index:03}"), bytes);
    }
    if form == Form::Stream {
        // Records of one block may be in any file.
        let mut records = stream::whole(blocks).unwrap();
        stream::disorder(&mut records, &mut rng);
        let each = records.len().div_ceil(ends.len());
        memory = Memory::new();
        for (index, records) in records.chunks(each).enumerate() {
            memory = memory.with(
                format!("object {index:03}"),
                stream::firehose(records, false),
            );
        }
    }
    memory
}

/// Blocks as one object.
pub fn object(form: Form, blocks: &[Block], rng: &mut Rng) -> Vec<u8> {
    match form {
        Form::Export(format) => {
            let elements: Vec<_> = blocks.iter().map(Block::to_element).collect();
            format.encode(&elements, rng).unwrap()
        }
        Form::Stream => stream::firehose(&stream::whole(blocks).unwrap(), false),
    }
}

/// Blocks as one object of Ion text.
pub fn text(ledger: &Ledger) -> Vec<u8> {
    object(Form::Export(Format::Text), &ledger.blocks, &mut Rng::new(0))
}

/// Counts panics in the library's threads from now on. It catches them, but they would speak on standard error, and
/// end a program that is built to abort.
pub fn panics() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let thread = std::thread::current();
            let ours = thread
                .name()
                .is_some_and(|name| name.starts_with("sealion"));
            // ion-rs 1.2 breaks off on some escapes that are no characters (`\U00110000`); the library catches that and
            // reports the value as malformed. Only panics of our own count.
            let within_ion_rs = info
                .location()
                .is_some_and(|place| place.file().contains("ion-rs-"));
            if ours && !within_ion_rs {
                COUNT.fetch_add(1, Ordering::SeqCst);
            }
            before(info);
        }));
    });
    COUNT.load(Ordering::SeqCst)
}
