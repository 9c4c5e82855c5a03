//! What a user types and sees, word for word: one file a verb.

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases
        // Widths and colours must not depend on who runs the tests.
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("tests/cmd/*.trycmd");
    if cfg!(feature = "aws") {
        cases.skip("tests/cmd/without-aws.trycmd");
    }
}
