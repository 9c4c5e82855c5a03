//! What a user types and sees, word for word: one file a verb.

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases
        // Widths and colours must not depend on who runs the tests.
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        // Nor must whom requests are signed for.
        .env("AWS_ACCESS_KEY_ID", "AKIDSEALIONTEST")
        .env("AWS_SECRET_ACCESS_KEY", "a secret of nobody")
        .env("AWS_CONFIG_FILE", "no such file")
        .case("tests/cmd/*.trycmd");
    cases.skip(match cfg!(feature = "aws") {
        true => "tests/cmd/without-aws.trycmd",
        false => "tests/cmd/with-aws.trycmd",
    });
}
