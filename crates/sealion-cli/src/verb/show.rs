//! `sealion show`: what files claim, for a person; nothing is verified.

use sealion::source::Archive as _;

use crate::args::ShowArgs;
use crate::error::Error;
use crate::input::Input;
use crate::terminal;

/// Prints a page a file.
pub fn run(args: &ShowArgs) -> Result<u8, Error> {
    let inputs = std::slice::from_ref(&args.input);
    let archive = Input::open(inputs, &args.aws, None)?;
    if archive.objects()?.is_empty() {
        return Err(super::no_file(inputs));
    }
    let shown = sealion::show(&archive, &args.limits.all()?)?;
    terminal::print(&shown.text)?;
    Ok(if shown.whole { 0 } else { 2 })
}
