//! What verifying a journal cannot do without: its SHA-256 compressions, counted with the reference's own hasher.

use std::cell::Cell;

use digest_of_ion::generic_array::{typenum::U32, GenericArray};
use digest_of_ion::{FixedOutput, Reset, Update};
use ion_rs::ion_hash::IonHasher;
use ion_rs::{Element, Struct};
use sha2_of_ion::Sha256;

thread_local! {
    static BLOCKS: Cell<u64> = const { Cell::new(0) };
}

/// SHA-256 that counts the blocks of 64 bytes it was given, padding included.
#[derive(Clone, Default)]
struct Counting {
    inner: Sha256,
    bytes: u64,
}

/// Blocks of a message: a byte and eight more are for padding.
fn blocks(bytes: u64) -> u64 {
    (bytes + 9).div_ceil(64)
}

impl Update for Counting {
    fn update(&mut self, data: impl AsRef<[u8]>) {
        self.bytes += data.as_ref().len() as u64;
        self.inner.update(data);
    }
}

impl Reset for Counting {
    fn reset(&mut self) {
        *self = Counting::default();
    }
}

impl FixedOutput for Counting {
    type OutputSize = U32;

    fn finalize_into(self, out: &mut GenericArray<u8, U32>) {
        BLOCKS.set(BLOCKS.get() + blocks(self.bytes));
        self.inner.finalize_into(out);
    }

    fn finalize_into_reset(&mut self, out: &mut GenericArray<u8, U32>) {
        self.clone().finalize_into(out);
        self.reset();
    }
}

/// Compressions that Ion Hash takes for a value.
fn of_value(value: &Element) -> u64 {
    let before = BLOCKS.get();
    Counting::hash_element(value).expect("a hash");
    BLOCKS.get() - before
}

/// Compressions that one more pair hash takes.
const DOT: u64 = 2;

/// Compressions that it takes to verify these blocks of a journal: content, revisions, entries lists, the chain and the
/// tree.
pub fn compressions(blocks: &[Element]) -> u64 {
    blocks.iter().map(of_block).sum()
}

fn of_block(block: &Element) -> u64 {
    let block = block.as_struct().expect("a block");
    let info = block.get("transactionInfo");
    let whole = info.into_iter().chain(block.get("redactionInfo"));
    let entries = items(block, "entriesHashList").len() as u64;
    let revisions = items(block, "revisions");
    let statements = info.and_then(Element::as_struct);
    let statements = statements.map(|info| items(info, "statements"));
    // The link, and a node of the tree; on the average each leaf brings one.
    let links = 2 * DOT + entries.saturating_sub(1) * DOT;
    links
        + whole.map(of_value).sum::<u64>()
        + revisions.into_iter().map(of_revision).sum::<u64>()
        + statements
            .into_iter()
            .flatten()
            .map(of_statement)
            .sum::<u64>()
}

fn of_revision(revision: &Element) -> u64 {
    let revision = revision.as_struct().expect("a revision");
    let parts = ["data", "metadata"].map(|name| revision.get(name).map_or(0, of_value));
    let pair = if parts[1] > 0 { DOT } else { 0 };
    pair + parts.iter().sum::<u64>()
}

/// The text alone has a hash that is checked, unless parameters belong to it.
fn of_statement(statement: &Element) -> u64 {
    let text = statement.as_struct().and_then(|it| it.get("statement"));
    let plain = text.filter(|text| !text.as_string().is_none_or(|text| text.contains('?')));
    plain.map_or(0, of_value)
}

fn items<'a>(of: &'a Struct, name: &str) -> Vec<&'a Element> {
    let list = of.get(name).and_then(Element::as_sequence);
    list.map(|list| list.elements().collect())
        .unwrap_or_default()
}
