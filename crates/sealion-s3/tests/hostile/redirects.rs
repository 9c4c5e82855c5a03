//! Nobody but the endpoint sees a request.

use super::*;

#[test]
fn no_redirect_of_a_listing_is_followed() {
    for status in ["301", "302", "303", "307", "308"] {
        let elsewhere = serve(|_| whole(&[]));
        let to = format!("{}/b?list-type=2", url(elsewhere.address));
        let place = to.clone();
        let error = refused(move |_| {
            Answer::new(&format!("{status} Elsewhere"), "")
                .header("location", &place)
                .header("x-amz-bucket-region", "eu-west-3")
        });
        assert!(elsewhere.seen().is_empty(), "{status}");
        let expected = format!("sends on to {to} (status {status})");
        assert!(error.contains(&expected), "{error}");
        assert!(error.ends_with("say --region eu-west-3"), "{error}");
    }
}

#[test]
fn no_redirect_of_an_object_is_followed() {
    let elsewhere = serve(|_| honest());
    let to = url(elsewhere.address);
    let error = read(move || Answer::new("307 Temporary Redirect", "").header("location", &to));
    assert!(error.unwrap_err().contains("no redirect is followed"));
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn what_a_redirect_says_in_its_body_is_told_too() {
    let error = refused(|_| {
        let body = "<Error><Code>PermanentRedirect</Code><Region>eu-west-3</Region>\
                    <Endpoint>b.s3.eu-west-3.amazonaws.com</Endpoint></Error>";
        Answer::new("301 Moved Permanently", body)
    });
    assert!(
        error.contains("sends on to b.s3.eu-west-3.amazonaws.com"),
        "{error}"
    );
    assert!(error.ends_with("say --region eu-west-3"), "{error}");
    let error = refused(|_| Answer::new("301 Moved Permanently", "").endless("x"));
    assert!(error.contains("a place that it does not name"), "{error}");
    let error = refused(|_| {
        let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message>\
                    <Region>eu-west-3</Region></Error>";
        Answer::new("400 Bad Request", body)
    });
    assert!(error.ends_with("say --region eu-west-3"), "{error}");
}
