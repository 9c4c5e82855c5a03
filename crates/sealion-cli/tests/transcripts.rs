//! What a user types and sees, word for word: one file a verb.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        // Widths and colours must not depend on who runs the tests.
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("tests/cmd/*.trycmd");
}
