//! Examples and exit statuses, as they stand at the end of each `--help`.

pub(super) const MAIN_EXAMPLES: &str = "\
Examples:
  sealion verify export/ --digest digest.json
  sealion digest export/ --at 1000

`sealion VERB --help` says more about each, `sealion help CODE` what a finding means. Exit status:
0 it holds, 1 something is wrong, 2 it could not be decided or done.";

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  sealion verify export/ --digest digest.json       a journal export, against a saved digest
  sealion verify revision.json --digest digest.json what `aws qldb get-revision` printed
  sealion verify export/ --digest 'BASE64@1000' --to 1000
  sealion verify export/ --output json > report.json
  zcat blocks.ion.gz | sealion verify -
  sealion verify july/ --digest july.json --save-state july.state
  sealion verify august/ --state july.state --digest august.json

Exit status:
  0  verified, or consistent where no digest was given
  1  failed: something is wrong
  2  inconclusive, or it could not be done (usage, unreadable input)";

pub(super) const DIGEST_EXAMPLES: &str = "\
Examples:
  sealion digest export/
  sealion digest export/ --at 1000 > digest-1000.json

Exit status:
  0  the digest was printed
  1  the journal does not hold
  2  it could not be decided or done (blocks missing, unreadable input)";

pub(super) const PROVE_EXAMPLES: &str = "\
Examples:
  sealion prove block --at 7 export/ > block-7.json
  sealion prove revision --document ID --digest digest.json export/ > revision.json
  sealion verify revision.json --digest digest.json

Exit status:
  0  the proof was printed
  1  the journal does not hold, or gives another digest
  2  it could not be decided or done (blocks missing, no such document, unreadable input)";

pub(super) const PROVE_BLOCK_EXAMPLES: &str = "\
Examples:
  sealion prove block --at 7 export/ > block-7.json
  sealion prove block --at 7 --digest digest.json export/ > block-7.json";

pub(super) const PROVE_REVISION_EXAMPLES: &str = "\
Examples:
  sealion prove revision --document ID export/              its last version
  sealion prove revision --document ID --version 0 export/
  sealion prove revision --document ID --output receipt --digest digest.json export/
  sealion prove revision --all --table Vehicle export/ > proofs.jsonl";

pub(super) const PROVE_CONSISTENCY_EXAMPLES: &str = "\
Examples:
  sealion prove consistency --from old.json --to new.json export/ > consistency.json
  sealion prove consistency --from 19 --to 35 export/";

pub(super) const EXTRACT_EXAMPLES: &str = "\
Examples:
  sealion extract export/ --document ID --digest digest.json     its history
  sealion extract export/ --table Vehicle --last --output csv > vehicles.csv
  sealion extract export/ --all > journal.ndjson

Exit status, as of `verify`:
  0  all of the journal holds
  1  something is wrong: some rows may say failed or block-failed
  2  something could not be decided or done, or rows are missing: standard error names them";

pub(super) const BUNDLE_EXAMPLES: &str = "\
Examples:
  sealion bundle --document ID --digest digest.json -o evidence.sealion export/
  sealion bundle --document ID --version 0 --digest digest.json -o evidence.sealion export/
  sealion bundle --all-of ids.txt --block 7 --digest digest.json -o evidence.sealion export/
  sealion verify evidence.sealion --digest digest.json

Exit status:
  0  the file was written
  1  the journal does not hold, or gives another digest
  2  it could not be decided or done (blocks missing, no such document, the file is there already)";

pub(super) const SHOW_EXAMPLES: &str = "\
Examples:
  sealion show export/2025/07/30/23/STRAND.0-999.ion
  sealion show digest.json

Exit status:
  0  the pages were printed, also of files that are not understood
  2  there is no such file, or one could not be read to its end; the pages are printed all the same";

pub(super) const COMPARE_EXAMPLES: &str = "\
Examples:
  sealion compare export-2021/ export-2025/
  sealion compare export.ion s3://archive/ledger/ --output json
  sealion compare digests receipts/

Exit status:
  0  the same where both have it; what only one of them has stands in the first line
  1  different, or one of them fails by itself, or digests that contradict one another
  2  undecided (nothing in common, something not to be compared), or it could not be done";

pub(super) const COMPARE_DIGESTS_EXAMPLES: &str = "\
Examples:
  sealion compare digests digest-2019.json digest-2025.json consistency.json
  sealion compare digests receipts/ --output json

Exit status:
  0  all digests of each strand are consistent with one another
  1  two contradict
  2  it could not be decided or done (no proof between two of them, damaged evidence)";
pub(super) const STATE_EXAMPLES: &str = "\
Examples:
  sealion verify export/ --to 4999 --save-state a.state        one custodian
  sealion verify export/ --from 5000 --save-state b.state      another
  sealion state merge b.state a.state -o whole.state
  sealion verify --trust-state whole.state --digest digest.json

Exit status:
  0  it was done
  1  states do not follow one another
  2  it could not be done (a damaged state, a gap, an overlap)";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  sealion completions bash > ~/.local/share/bash-completion/completions/sealion
  sealion completions fish > ~/.config/fish/completions/sealion.fish";

pub(super) const HELP_EXAMPLES: &str = "\
Examples:
  sealion help revision-hash
  sealion help codes
  sealion help verify

Exit status:
  0  it was printed
  2  there is no such code or verb; the nearest are named";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  sealion man > sealion.1
  sealion man verify > sealion-verify.1 && man ./sealion-verify.1";
