//! Lets panics within `ion-rs` pass, as the library does: it catches them and reports the value as malformed. All
//! others end the run.

/// Goes before libFuzzer's own hook, which aborts.
pub fn install() {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let within_ion_rs = info
            .location()
            .is_some_and(|place| place.file().contains("/ion-rs-"));
        if !within_ion_rs {
            abort(info);
        }
    }));
}
