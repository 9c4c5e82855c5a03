//! What the API refuses is told by its type, its message and what to do.

use crate::stub::{connection, Stub, NAME};
use sealion_fetch::{Error, Ledger};
use sealion_stubs::qldb::Fault;

#[test]
fn errors_keep_their_type_and_what_they_are_about() {
    let stub = Stub::new();
    let ledger = stub.ledger();
    let tip = Some(&stub.tip);
    let unknown = "0000000000000000000000";
    let stranger = sealion::BlockAddress::new(sealion::StrandId::new(unknown), 0);
    let other = Ledger::new(&connection(stub.server.address, false), "other");
    for (outcome, expected) in [
        (
            other.digest().map(|_| ()),
            "GetDigest of ledger other: ResourceNotFoundException (ResourceType ledger, ResourceName other): ",
        ),
        (
            ledger.block(&stub.at(1_000), tip).map(|_| ()),
            "GetBlock 1000 of ledger boat-registry: InvalidParameterException (ParameterName BlockAddress): ",
        ),
        (
            ledger.block(&stranger, tip).map(|_| ()),
            "GetBlock 0 of ledger boat-registry: InvalidParameterException (ParameterName BlockAddress): ",
        ),
        (
            ledger.block(&stub.at(3), Some(&stub.at(2))).map(|_| ()),
            "GetBlock 3 of ledger boat-registry: InvalidParameterException (ParameterName DigestTipAddress): ",
        ),
        (
            ledger.revision(&stub.at(3), unknown, tip).map(|_| ()),
            "GetRevision 0000000000000000000000 in 3 of ledger boat-registry: \
             InvalidParameterException (ParameterName DocumentId): ",
        ),
        (
            ledger.export(unknown).map(|_| ()),
            "DescribeJournalS3Export of ledger boat-registry: ResourceNotFoundException \
             (ResourceType export, ResourceName 0000000000000000000000): ",
        ),
    ] {
        let error = outcome.unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(error.advice().unwrap().starts_with("check the "), "{error}");
    }
}

#[test]
fn a_page_of_a_web_server_is_not_an_answer() {
    let stub = Stub::new();
    stub.server.set_fault(Some(Fault::Page(403)));
    let error = stub.ledger().digest().unwrap_err();
    let Error::Refused { kind, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(kind, "HTTP status 403");
    assert!(error.advice().unwrap().contains("--endpoint-url"));
}

#[test]
fn no_secret_is_told() {
    let stub = Stub::new();
    let ledger = Ledger::new(&connection(stub.server.address, false), "other");
    let error = ledger.digest().unwrap_err();
    let told = format!("{error} {error:?} {ledger:?} {NAME}");
    assert!(!told.contains(sealion_stubs::SECRET), "{told}");
}
