//! Ion binary: one version marker, one symbol table, then the values.

use ion_rs::{v1_0, Element, IonError, SequenceWriter, WriteConfig};

/// Ion binary of these values as one stream.
///
/// # Errors
/// If a value cannot be written; none of this kit's is known to.
pub fn encode<'a, I: IntoIterator<Item = &'a Element>>(values: I) -> Result<Vec<u8>, IonError> {
    let mut writer = ion_rs::Writer::new(WriteConfig::<v1_0::Binary>::new(), Vec::new())?;
    writer.write_all(values)?;
    writer.close()
}
